"""XML from anywhere: no DTD, bounded, whatever its encoding."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats.xml_tree import Unreadable, root_of, text_in

BILLION_LAUGHS = (
    '<!DOCTYPE a [<!ENTITY x0 "哈">'
    + "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
    + "]><a>&x9;</a>"
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
EXTERNAL_DTD = '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>'
PARAMETER = '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]><a/>'


@pytest.mark.parametrize("content", [BILLION_LAUGHS, EXTERNAL, EXTERNAL_DTD, PARAMETER, "<!DOCTYPE a><a/>"])
@pytest.mark.parametrize("encoding", ["", "utf-8", "utf-16"])
def test_a_file_with_a_dtd_is_refused_before_it_is_read(content, encoding):
    started = time.process_time()
    with pytest.raises(Unreadable, match="文件里有DTD声明"):
        root_of(content.encode(encoding) if encoding else content)

    assert time.process_time() - started < 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_is_found(encoding):
    said = {"utf-8-sig": "utf-8", "gb18030": "GB2312"}.get(encoding, encoding)

    assert root_of(f"<?xml version='1.0' encoding='{said}'?>\n<a>中文</a>".encode(encoding)).text == "中文"


def test_gb18030_without_a_declaration_is_read():
    assert root_of("<a>中文</a>".encode("gb18030")).text == "中文"


def test_a_declaration_does_not_fool_a_text_that_is_decoded_already():
    assert root_of("<?xml version='1.0' encoding='gb2312'?><a>中文</a>").text == "中文"


def test_namespaces_do_not_matter_and_names_may_be_changed():
    root = root_of("<x:a xmlns:x='urn:x' xmlns='urn:y'><B>一<c>二</c></B></x:a>", str.lower)

    assert [element.tag for element in root.iter()] == ["a", "b", "c"]
    assert text_in(root) == "一二" and text_in(None) == ""


def test_signs_that_xml_forbids_are_left_out():
    assert root_of("<a>甲\x00\x0b\ud800乙\uffff</a>").text == "甲乙"


@pytest.mark.parametrize("content", ["", "x", "<a>", "<a></b>", "<a>&nbsp;</a>", "<a/><b/>"])
def test_broken_xml_is_told_with_its_line(content):
    with pytest.raises(Unreadable, match="第2行附近的XML写法有误"):
        root_of("\n" + content)


@pytest.mark.parametrize("content", ["<a>" * 200 + "</a>" * 200, "<a>" + "<b/>" * 9_000 + "</a>"])
def test_too_deep_or_too_many_is_refused(content, monkeypatch):
    monkeypatch.setattr("app.formats.xml_tree.MOST_ELEMENTS", 9_000)
    with pytest.raises(Unreadable, match="太多或嵌套太深"):
        root_of(content)


@given(st.one_of(st.binary(max_size=100), st.text(alphabet="<>/!?[]&;ax='\" ", max_size=40)))
def test_any_content_gives_an_element_or_a_reason(content):
    with suppress(Unreadable):
        assert isinstance(root_of(content).tag, str)
