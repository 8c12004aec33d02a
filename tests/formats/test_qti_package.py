"""QTI packages: the manifest, paths, pictures, and archives that are made to do harm."""

import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.problem import Reading
from app.formats.qti import looks_like, read_qti
from app.formats.qti_package import Package
from app.rules.question import Picture
from tests.formats.mutations import scratched
from tests.formats.pictures import PNG, checksum
from tests.formats.test_qti import declared, interaction, item, messages


def archive(**members: bytes | str) -> bytes:
    return packed(members)


def packed(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return written.getvalue()


def manifest(*addresses: str, lom: str = "", kind: str = "imsqti_item_xmlv2p2", title: str = "") -> str:
    resources = "".join(
        f"<resource identifier='r{n}' type='{kind}' href='{address}'><metadata><lom>{lom}</lom></metadata></resource>"
        for n, address in enumerate(addresses)
    )
    return (
        "<manifest xmlns='http://www.imsglobal.org/xsd/imscp_v1p1'><metadata><lom><general><title>"
        f"<string>{title}</string></title></general></lom></metadata><resources>{resources}</resources></manifest>"
    )


def asked(stem: str) -> str:
    return item(declared("A"), interaction(prompt=stem))


def test_the_items_are_read_in_the_manifests_order_wherever_they_lie():
    reading = read_qti(
        packed(
            {
                "a.xml": asked("二"),
                "items/深/b 1.xml": asked("一"),
                "imsmanifest.xml": manifest("items/%E6%B7%B1/b%201.xml", "a.xml", title="示例题库"),
            }
        )
    )

    assert (reading.title, reading.problems) == ("示例题库", ())
    assert [(q.row, q.unit, q.sheet, q.draft.stem, q.draft.place) for q in reading.questions] == [
        (1, "题", "items/深/b 1.xml", "一", "items/深/b 1.xml!第1题"),
        (2, "题", "a.xml", "二", "a.xml!第2题"),
    ]
    assert reading.recognised == ("QTI题库：读到2个试题文件",)


def test_a_package_in_a_folder_or_with_back_strokes_is_read():
    content = packed({"题库/imsmanifest.xml": manifest("items\\a.xml"), "题库/ITEMS/a.xml": asked("一")})

    assert [draft.stem for draft in read_qti(content).usable] == ["一"]


def test_what_the_manifest_says_of_an_item_is_read():
    lom = (
        "<general><keyword><string>题型:不定项</string></keyword></general>"
        "<educational><difficulty><source>LOMv1.0</source><value>very difficult</value></difficulty></educational>"
        "<relation><kind><value>isbasedon</value></kind><resource><description><string>《办法》</string></description>"
        "</resource></relation><classification><taxonPath><taxon><entry><string>普法</string></entry></taxon>"
        "<taxon><entry><string>宪法</string></entry></taxon></taxonPath></classification>"
    )
    (draft,) = read_qti(packed({"imsmanifest.xml": manifest("a.xml", lom=lom), "a.xml": asked("一")})).usable

    assert (draft.kind.label, draft.difficulty, draft.source, draft.topic) == ("不定项", 5, "《办法》", "普法/宪法")


def test_items_that_the_manifest_does_not_list_are_read_and_told():
    reading = read_qti(packed({"imsmanifest.xml": manifest("a.xml"), "b.xml": asked("二"), "a.xml": asked("一")}))

    assert [draft.stem for draft in reading.usable] == ["一", "二"]
    assert [problem.message for problem in reading.problems] == [
        "有1个试题文件没有列在目录（imsmanifest.xml）里，也已读取，请核对是否都要"
    ]


def test_items_without_a_manifest_and_with_a_broken_one_are_read():
    assert [draft.stem for draft in read_qti(archive(a=b"", **{"x.xml": asked("一")})).usable] == ["一"]

    reading = read_qti(packed({"imsmanifest.xml": "<manifest", "a.xml": asked("一")}))
    assert [draft.stem for draft in reading.usable] == ["一"]
    assert reading.problems[0].message.startswith("目录（imsmanifest.xml）没有读懂，已直接读取各试题文件：第1行附近")


def test_an_item_that_is_missing_or_broken_is_told_and_the_others_are_read():
    reading = read_qti(
        packed({"imsmanifest.xml": manifest("x.xml", "b.xml", "a.xml"), "b.xml": "<b", "a.xml": asked("一")})
    )

    assert [problem.message for problem in reading.problems] == [
        "目录里列出的“x.xml”等1个试题文件不在压缩包里，请核对是否漏了"
    ]
    assert [(q.row, q.sheet, q.verdict) for q in reading.questions] == [(1, "b.xml", "error"), (2, "a.xml", "ok")]


def test_a_test_in_the_package_is_told_as_left_out():
    reading = read_qti(packed({"test.xml": "<assessmentTest/>", "a.xml": asked("一")}))

    assert reading.skipped == ("试卷文件（assessmentTest）里的分组、顺序和分值没有读取，共1个",)


def test_pictures_are_found_beside_their_item():
    stem = (
        "看图<img src='../images/%E5%9B%BE.png' alt='地图'/><object type='image/png' data='/images/x.png'>图二</object>"
    )
    content = packed({"imsmanifest.xml": manifest("items/a.xml"), "items/a.xml": asked(stem), "images/图.png": PNG})
    reading = read_qti(content)

    assert reading.usable[0].pictures == (Picture(checksum(PNG), None, "地图"),)
    assert reading.images == {checksum(PNG): PNG}
    assert [text for _, _, text in messages(reading.questions[0])] == [
        "图片“/images/x.png”不在压缩包里，没有导入；请补上图片，或改用文字说明"
    ]


@pytest.mark.parametrize(
    "address",
    ["../../secret.png", "/etc/passwd", "..\\..\\secret.png", "items/../../../secret.png", "%2e%2e/%2e%2e/secret.png"],
)
def test_no_path_leaves_the_package(address):
    package = Package(packed({"items/a.xml": "", "../secret.png": PNG, "/etc/passwd": PNG}))

    assert package.resolve("items/a.xml", address) == ""


def test_a_path_inside_is_found_however_it_is_written():
    package = Package(packed({"items/a.xml": "", "images/A b.png": PNG}))

    for address in (
        "../images/A%20b.png",
        "../images/A b.png",
        "..\\IMAGES\\a b.PNG?x#y",
        "./../items/../images/A b.png",
    ):
        assert package.resolve("items/a.xml", address) == "images/A b.png"


def test_names_in_the_encoding_of_chinese_windows_are_found():
    content = packed({"AAAA.xml": asked("一")}).replace(b"AAAA.xml", "题库.xml".encode("gb18030"))

    assert [question.sheet for question in read_qti(content).questions] == ["题库.xml"]


def bomb(size: int, count: int = 1) -> bytes:
    return packed({f"{n}.xml": b"\0" * size for n in range(count)})


@pytest.mark.parametrize(
    "content", [bomb(30 << 20), bomb(8 << 20, 26), packed({f"{n}": "" for n in range(45_001)}, zipfile.ZIP_STORED)]
)
def test_a_bomb_is_refused_by_its_directory(content):
    started = time.process_time()
    reading = read_qti(content)

    assert [problem.message for problem in reading.problems] == [
        "这个压缩包里文件太多，或解开后大得不正常，没有读取。请分成几个压缩包"
    ]
    assert time.process_time() - started < 3


def test_a_directory_that_lies_about_sizes_gains_nothing():
    honest = packed({"a.xml": asked("一") + " " * 3_000_000})
    entry = zipfile.ZipFile(io.BytesIO(honest)).infolist()[0]
    lying = honest.replace(entry.file_size.to_bytes(4, "little"), (500).to_bytes(4, "little"))

    assert lying != honest
    (question,) = read_qti(lying).questions or [None]
    assert question is None or question.verdict == "error"


def test_an_item_that_is_too_large_is_told():
    question = read_qti(
        packed({"imsmanifest.xml": manifest("a.xml"), "a.xml": asked("一") + " " * (5 << 20)})
    ).questions[0]

    assert [problem.message for problem in question.problems] == ["“a.xml”超过4MB，没有读取。请缩小后重新导出"]


def test_items_that_are_together_too_much_end_the_reading(monkeypatch):
    monkeypatch.setattr("app.formats.qti._MOST_MARKS", 9_000)
    full = "<assessmentItem>" + "<b/>" * 2_000 + "</assessmentItem>"
    reading = read_qti(packed({f"{n}.xml": full for n in range(9)}))

    assert len(reading.questions) == 4
    assert reading.problems[-1].message == "压缩包里的试题内容太多，后面的没有读取。请分成几个压缩包"


def test_rare_methods_and_passwords_are_told():
    rare = packed({"imsmanifest.xml": manifest("a.xml"), "a.xml": asked("一")}, zipfile.ZIP_BZIP2)
    assert "少见的压缩方法" in read_qti(rare).problems[0].message

    plain = packed({"imsmanifest.xml": manifest("a.xml"), "a.xml": asked("一")}, zipfile.ZIP_STORED)
    secret = bytearray(plain)
    for start in (plain.find(b"PK\x01\x02"), plain.rfind(b"PK\x01\x02")):
        secret[start + 8] |= 1
    assert "设了密码" in read_qti(bytes(secret)).problems[0].message


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"readme.txt": ""}, "压缩包里没有QTI 2.x或3.0的试题（assessmentItem）。请从原系统重新导出，或改用模板表格"),
        (
            {"imsmanifest.xml": manifest("a.xml", kind="imsqti_xmlv1p2"), "a.xml": "<questestinterop/>"},
            "这是QTI 1.2的题库，不能读取。请从原系统导出成QTI 2.1以上的格式，或整理到模板表格里再上传",
        ),
    ],
)
def test_a_package_without_items_gives_one_clear_message(members, message):
    assert [problem.message for problem in read_qti(packed(members)).problems] == [message]


def test_a_broken_archive_is_told():
    assert [p.message for p in read_qti(b"PK\x03\x04").problems] == [
        "这个压缩包损坏了，读不出内容。请从原系统重新导出后再上传"
    ]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"imsmanifest.xml": ""}, True),
        ({"x/imsmanifest.xml": ""}, True),
        ({"a.xml": asked("一")}, True),
        ({"xl/workbook.xml": "<workbook/>"}, False),
        ({"word/document.xml": "<document/>"}, False),
    ],
)
def test_a_package_is_known_by_its_members(members, expected):
    assert looks_like(packed(members)) is expected


VALID = packed(
    {"imsmanifest.xml": manifest("i/a.xml"), "i/a.xml": asked("题<img src='../p.png'/>"), "p.png": PNG},
    zipfile.ZIP_STORED,
)


@settings(max_examples=120)
@given(st.one_of(scratched(VALID), scratched(asked("题干").encode()), st.binary(max_size=120).map(b"PK".__add__)))
def test_whatever_befalls_a_package_reading_answers(content):
    assert isinstance(read_qti(content), Reading) and looks_like(content) in (True, False)
