"""What a form loses of a bank is told, whatever becomes of the number of questions."""

from dataclasses import replace

from app.formats.bank_losses import lost_of_choices
from app.formats.problem import Reading, ReadQuestion
from app.rules.question import TRUE_FALSE_OPTIONS, Draft, Picture, QuestionKind

BANK = [Draft(QuestionKind.TRUE_FALSE, f"陈述{number}。", TRUE_FALSE_OPTIONS, (0,)) for number in range(1, 4)]
GAP = Draft(QuestionKind.FILL_IN, "填（　　）", (), ())


def reading(drafts):
    return Reading(questions=tuple(ReadQuestion(row, None, draft, "") for row, draft in enumerate(drafts, start=1)))


def lost(drafts, reread):
    return lost_of_choices(drafts, lambda kept: reading(reread(list(kept))), "某种格式")


def test_nothing_is_told_where_everything_comes_back():
    pictured = replace(BANK[0], pictures=(Picture("0" * 64),))

    assert lost([pictured, *BANK[1:]], lambda kept: kept) == ()


def test_a_question_that_does_not_come_back_is_told_by_its_place_among_all():
    assert lost([GAP, *BANK], lambda kept: [kept[0], kept[2]]) == (
        "1道填空题没有写出：平台不能自动阅卷",
        "第3题写进某种格式后读不回来，请改用别的格式导出",
    )


def test_what_changed_in_those_that_come_back_is_told_besides():
    assert lost(BANK, lambda kept: [kept[0], replace(kept[2], key=(1,))]) == (
        "第2题写进某种格式后读不回来，请改用别的格式导出",
        "第3题的答案在某种格式里不能原样保留，再导入时会有出入",
    )


def test_a_form_that_gives_nothing_back_loses_every_question():
    assert lost([BANK[0], GAP, BANK[1]], lambda kept: []) == (
        "1道填空题没有写出：平台不能自动阅卷",
        "第1、3题写进某种格式后读不回来，请改用别的格式导出",
    )


def test_questions_that_nobody_wrote_are_told():
    assert lost(BANK, lambda kept: [kept[0], replace(kept[0], stem="多出的题"), *kept[1:]]) == (
        "写进某种格式后会多读出1题，再导入时请核对",
    )


def test_of_questions_with_one_stem_as_many_are_missed_as_are_missing():
    assert lost([BANK[0], BANK[0], BANK[1]], lambda kept: kept[1:]) == (
        "第2题写进某种格式后读不回来，请改用别的格式导出",
    )
