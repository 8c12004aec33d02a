"""What is written as Moodle XML is read back, and whatever befalls the file, reading answers."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.bank_losses import is_same
from app.formats.moodle_xml import looks_like, read_moodle_xml
from app.formats.moodle_xml_writer import lost_in_moodle_xml, write_moodle_xml
from app.formats.problem import Reading
from app.rules.question import TRUE_FALSE_OPTIONS, Draft, Picture, QuestionKind
from tests.formats.drafts import drafts
from tests.formats.mutations import scratched
from tests.formats.pictures import GIF, JPEG, PNG, checksum
from tests.formats.settled import is_settled

PICTURED = Draft(
    QuestionKind.ANY_NUMBER,
    "看图  选择\n次行",
    ("（图）", "b < c & d", "丙"),
    (0, 2),
    "解析",
    "《办法》",
    "普法/宪法",
    4,
    pictures=(
        Picture(checksum(PNG), None, '地"图'),
        Picture(checksum(JPEG), 0),
        Picture(checksum(GIF), 2),
        Picture(checksum(PNG), 2),
    ),
)
IMAGES = {checksum(content): content for content in (PNG, JPEG, GIF)}
JUDGED = Draft(QuestionKind.TRUE_FALSE, "题干", TRUE_FALSE_OPTIONS, (1,))
WRITTEN = write_moodle_xml("示例题库", [PICTURED, JUDGED], IMAGES)


@settings(max_examples=60)
@given(drafts())
def test_what_is_written_is_read_back(bank):
    bank = [draft for draft in bank if is_settled(draft)]
    read = read_moodle_xml(write_moodle_xml("题库", bank, {})).questions

    assert [(draft, question.draft) for draft, question in zip(bank, read, strict=True)
            if not is_same(draft, question.draft)] == []  # fmt: skip
    assert [told for told in lost_in_moodle_xml(bank) if "截短" not in told] == []


def test_pictures_and_the_title_are_read_back():
    reading = read_moodle_xml(WRITTEN)

    assert (reading.title, reading.images) == ("示例题库", IMAGES)
    assert [replace(draft, place="") for draft in reading.usable] == [PICTURED, JUDGED]
    assert [question.problems for question in reading.questions] == [(), ()]
    assert looks_like(WRITTEN.decode())


def test_a_topic_that_reads_like_a_name_of_moodles_own_is_kept():
    bank = [replace(JUDGED, topic=topic, stem=topic) for topic in ("Default for x", "甲/乙", "默认", " / ", "top")]

    assert [draft.topic for draft in read_moodle_xml(write_moodle_xml("", bank, {})).usable] == [
        "Default for x", "甲/乙", "默认", "/", "top"]  # fmt: skip


def test_choosing_all_options_does_not_earn_the_full_mark_in_moodle():
    bank = [Draft(QuestionKind.MULTIPLE_CHOICE, "题", ("甲", "乙", "丙", "丁", "戊"), (0, 1, 2))]
    text = write_moodle_xml("", bank, {}).decode()

    assert [text.count(f'fraction="{share}"') for share in ("33.33333", "-50")] == [3, 2]


def test_what_is_lost_is_told():
    gap = Draft(QuestionKind.FILL_IN, "填（　　）", (), ())
    marked = replace(JUDGED, stem="（2分）题干")
    long = replace(JUDGED, source="长" * 60)

    assert lost_in_moodle_xml([PICTURED, JUDGED]) == ()
    assert lost_in_moodle_xml([gap, marked, long]) == (
        "1道填空题没有写出：平台不能自动阅卷",
        "第2题的题干在Moodle XML里不能原样保留，再导入时会有出入",
        "有1处依据写成标签后超过50字：本平台能完整读回，在Moodle里会被截短",
    )


def test_pictures_that_are_not_there_and_signs_that_xml_forbids_are_left_out():
    odd = replace(PICTURED, stem="题\x00\ud800干", key=(7,))

    assert [question.draft.stem for question in read_moodle_xml(write_moodle_xml("\x01", [odd], {})).questions] == [
        "题干"
    ]


@settings(max_examples=80)
@given(st.one_of(scratched(WRITTEN), st.binary(max_size=200)))
def test_whatever_befalls_a_file_reading_answers(content):
    assert isinstance(read_moodle_xml(content), Reading)
