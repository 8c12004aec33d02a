"""HTML as its reader sees it, in linear time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats.html_text import ShownImage, images, markup_of, plain
from app.rules.question import tidy
from tests.formats.drafts import texts


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>甲</p><p>乙<br>丙</p>", "甲\n乙\n丙"),
        ("<ul><li>一</li><li>二</li></ul>后", "一\n二\n后"),
        ("<div><p>甲</p></div>\n  乙", "甲\n乙"),
        ("甲<br/><br/>乙", "甲\n\n乙"),
        ("<tr><td>1</td><td>2</td></tr>", "1 2"),
        ("x &lt; 3 &amp;lt; &#65;&#x42;&quot;", 'x < 3 &lt; AB"'),
        ("甲&nbsp;乙", "甲\xa0乙"),
        ("List<String> a<b 且 x < 3 > 1", "List<String> a<b 且 x < 3 > 1"),
        ("<script>alert('<p>甲</p>')</script>乙<STYLE>p{}</STYLE >丙", "乙丙"),
        ("甲<script>没有结束", "甲"),
        ("<!-- <p> > -->甲<!DOCTYPE html><?xml?>", "甲"),
        ("甲<!-- 没有结束", "甲<!-- 没有结束"),
        ("<![CDATA[a<b]]>", "a<b"),
        ('<a title="a>b" href=x>链接</a>', "链接"),
        ("<p title=it's>甲</p><p>乙'丙</p>", "甲\n乙'丙"),
        ("m<sup>2</sup>、H<sub>2</sub>O、甲<sup>注</sup>", "m²、H₂O、甲注"),
        ("<pre>a  b\nc</pre>", "a  b\nc"),
        ("<o:p>甲</o:p>", "甲"),
        ("a\n  b", "a b"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        ("", ""),
    ],
)
def test_markup_reads_as_it_is_shown(markup, text):
    assert plain(markup) == text


def test_images_are_found_with_their_words():
    markup = "<img src='a.png' alt=\"图&amp;表\"><IMG alt=x data-src=no src = b.png /><img>"

    assert images(markup) == (ShownImage("a.png", "图&表"), ShownImage("b.png", "x"), ShownImage("", ""))


@given(texts(4))
def test_what_is_written_as_markup_is_read_back(text):
    assert tidy(plain(markup_of(text))) == text


@pytest.mark.parametrize("unit", ["<!--", "<a ", "<a ='\"", "<script>", "&#x", "&am", "<", '<img a="', "<sup>",
                                  "<![CDATA[", "<a ='\" =", "   \n", "<img aaaaaaaaaaa", "<td>", "<!x"])  # fmt: skip
@pytest.mark.parametrize("end", ["", ">", '">'])
def test_no_markup_takes_long(unit, end):
    markup = unit * (200_000 // len(unit)) + end

    started = time.process_time()
    plain(markup)
    images(markup)

    assert time.process_time() - started < 1.5  # linear: about 0.3 s at worst; quadratic would be minutes


@given(st.text(alphabet="<>/!-[]&;#=\"' \nabpimgsrct", max_size=60))
def test_any_text_is_taken(markup):
    assert isinstance(plain(markup), str) and isinstance(images(markup), tuple)
