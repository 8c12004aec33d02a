"""What an item earns."""

from app.rules.assembly import Paper, PaperItem
from app.rules.grading import Graded, grade
from app.rules.paper import PaperSpec, Section
from app.rules.question import QuestionKind
from app.rules.sheet import AnswerSheet

SPEC = PaperSpec(
    (
        Section("单选", QuestionKind.SINGLE_CHOICE, 2, 300),
        Section("多选", QuestionKind.MULTIPLE_CHOICE, 1, 450),
    )
)
# as shown: item 1 is place 2 with options in order C A B D; item 3 is place 0
PAPER = Paper((PaperItem(2, (2, 0, 1, 3)), PaperItem(1, (0, 1, 2, 3)), PaperItem(0, (3, 2, 1, 0))))
KEYS = [(0, 2), (1,), (0,)]


def marks(responses):
    return grade(PAPER, SPEC, KEYS, AnswerSheet(responses)).marks


def test_a_right_response_earns_the_points_of_its_section_whatever_the_order_shown():
    assert grade(PAPER, SPEC, KEYS, AnswerSheet({1: (1,), 2: (1,), 3: (1, 3)})) == Graded((300, 300, 450), 3)


def test_multiple_choice_is_all_or_nothing():
    assert marks({3: (1,)}) == (0, 0, 0)
    assert marks({3: (0, 1, 3)}) == (0, 0, 0)
    assert marks({3: (1, 3)}) == (0, 0, 450)


def test_nothing_chosen_earns_nothing():
    assert grade(PAPER, SPEC, KEYS, AnswerSheet()) == Graded((0, 0, 0), 0)


def test_forged_choices_and_items_earn_nothing_and_count_as_nothing():
    assert grade(PAPER, SPEC, KEYS, AnswerSheet({1: (25,), 4: (0,), 500: (1,)})) == Graded((0, 0, 0), 0)
