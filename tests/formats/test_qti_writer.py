"""What is written as a QTI package is read back."""

import io
import zipfile
from dataclasses import replace

from hypothesis import given, settings

from app.formats.bank_losses import is_same
from app.formats.qti import looks_like, read_qti
from app.formats.qti_writer import lost_in_qti, write_qti
from app.formats.xml_tree import root_of
from app.rules.question import Draft, QuestionKind
from tests.formats.drafts import drafts
from tests.formats.settled import is_settled
from tests.formats.test_moodle_xml_writer import IMAGES, JUDGED, PICTURED

WRITTEN = write_qti("示例<题库>", [PICTURED, JUDGED], IMAGES)


@settings(max_examples=60)
@given(drafts())
def test_what_is_written_is_read_back(bank):
    bank = [draft for draft in bank if is_settled(draft)]
    read = read_qti(write_qti("题库", bank, {})).questions

    assert [(draft, question.draft) for draft, question in zip(bank, read, strict=True)
            if not is_same(draft, question.draft)] == []  # fmt: skip
    assert lost_in_qti(bank) == ()


def test_pictures_and_the_title_are_read_back():
    reading = read_qti(WRITTEN)

    assert (reading.title, reading.images) == ("示例<题库>", IMAGES)
    assert [replace(draft, place="") for draft in reading.usable] == [PICTURED, JUDGED]
    assert [question.problems for question in reading.questions] == [(), ()]
    assert looks_like(WRITTEN)


def test_the_manifest_lists_every_member_of_the_package():
    archive = zipfile.ZipFile(io.BytesIO(WRITTEN))
    root = root_of(archive.read("imsmanifest.xml"))
    listed = {file.get("href") for file in root.iter("file")}

    assert listed | {"imsmanifest.xml"} == set(archive.namelist())
    assert [resource.get("href") for resource in root.iterfind("resources/resource")] == [
        "items/q00001.xml",
        "items/q00002.xml",
    ]


def test_the_same_bank_gives_the_same_bytes():
    assert write_qti("示例<题库>", [PICTURED, JUDGED], IMAGES) == WRITTEN


def test_what_is_lost_is_told():
    gap = Draft(QuestionKind.FILL_IN, "填（　　）", (), ())

    assert lost_in_qti([PICTURED, JUDGED]) == ()
    assert lost_in_qti([gap, replace(JUDGED, stem="（2分）题干")]) == (
        "1道填空题没有写出：平台不能自动阅卷",
        "第2题的题干在QTI里不能原样保留，再导入时会有出入",
    )


def test_pictures_that_are_not_there_and_signs_that_xml_forbids_are_left_out():
    odd = replace(PICTURED, stem="题\x00\ud800干", key=(7,))
    (question,) = read_qti(write_qti("\x01", [odd], {})).questions

    assert (question.draft.stem, question.verdict) == ("题干", "error")
