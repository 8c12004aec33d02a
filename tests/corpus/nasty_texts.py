"""Text files, JSON and XML that are made to hurt their reader, by what they are; nothing valid comes of most."""
# ruff: noqa: E501 - a table: one line a file

from collections.abc import Callable

from tests.corpus.seeds import ITEM_3, seeds

Maker = Callable[[], bytes]
_SUBSET = '<!DOCTYPE quiz [<!ENTITY a "ha">{more}]>'
_LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
_QUIZ = '<?xml version="1.0"?>{subset}<quiz><question type="truefalse"><questiontext><text>{text}</text></questiontext></question></quiz>'
_ITEM = ITEM_3.partition("?>")[2].strip()
_PLAIN = "1. 题干（　　）。\nA. 甲\nB. 乙\n答案：A\n"


def _quiz(subset: str, text: str) -> bytes:
    return _QUIZ.format(subset=subset, text=text).encode()


def _declared(encoding: str, wrong: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>{_QUIZ.partition("?>")[2]}'.format(subset="", text="题").encode(
        wrong
    )


_LINES: dict[str, Maker] = {
    "一行十兆.txt": lambda: ("1. " + "字" * (10 << 20 >> 1)).encode("gb18030"),
    "二十万短行.txt": lambda: b"a\n" * 200_000,
    "二十万空行.txt": lambda: b"\n" * 200_000 + "1. 题".encode(),
    "四万空行加标记.txt": lambda: _PLAIN.encode() + b"\n" * 40_000 + b"\n=a ~b {}",
    "十万题号.txt": lambda: "".join(f"{n}. 题\n" for n in range(100_000)).encode(),
    "一万二千题.txt": lambda: "".join(f"{n}. 第{n}题（　）\nA. 甲\nB. 乙\n答案：A\n" for n in range(12_000)).encode(),
    "题全相同.txt": lambda: (_PLAIN * 15_000).encode(),
    "全是括号.txt": lambda: (_PLAIN + "（" * 300_000 + "\n" + "(" * 300_000 + "）" * 300_000).encode(),
    "全是选项.txt": lambda: ("1. 题\n" + "A. 甲 B. 乙 " * 60_000).encode(),
    "全是空格.txt": lambda: ("1. 题" + " " * 3_000_000 + "尾\nA. 甲\nB. 乙\n答案：A").encode(),
    "全是续行.txt": lambda: (_PLAIN + "↵↵↵\n" * 100_000).encode(),
    "答案表.txt": lambda: (_PLAIN + "参考答案\n" + "1-100 ABCDA " * 50_000).encode(),
    "题号很大.txt": lambda: (_PLAIN.replace("1.", "9" * 5000 + ".") + "1-99999999999 ABCD\n").encode(),
    "从右往左.txt": lambda: _PLAIN.replace("题干", "\u202e\u2066题干\u200f\u061c").encode(),
    "合成记号.txt": lambda: _PLAIN.replace("甲", "甲" + "\u0301" * 100_000).encode(),
    "一行逗号.csv": lambda: b"," * 5_000_000,
    "十万列.csv": lambda: ("题干,答案," + ",".join(f"列{n}" for n in range(100_000)) + "\n甲,A\n").encode(),
    "引号不成对.csv": lambda: ('题干,选项A,选项B,答案\n"甲,乙,丙,A\n' * 20_000).encode(),
    "一格五兆.csv": lambda: ('题干,选项A,选项B,答案\n"' + "字" * 1_700_000 + '",甲,乙,A\n').encode(),
    "公式.csv": lambda: "题干,选项A,选项B,答案\n=cmd|'/c calc'!A1,+1,@SUM(1),A\n".encode(),
    "空文件.txt": lambda: b"",
    "只有零.txt": lambda: b"\0" * 4_000_000,
    "两万题头.csv": lambda: ("题干,答案,选项A,选项B\n" * 19_999).encode(),
}  # fmt: skip

_MARKED_UP: dict[str, Maker] = {
    "大笑.xml": lambda: _quiz(_SUBSET.format(more=_LAUGHS), "&i;"),
    "二次膨胀.xml": lambda: _quiz(f'<!DOCTYPE quiz [<!ENTITY a "{"x" * 50_000}">]>', "&a;" * 50_000),
    "外部实体.xml": lambda: _quiz('<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
    "外部实体网址.xml": lambda: _quiz('<!DOCTYPE quiz [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]>', "&a;"),
    "外部声明.xml": lambda: _quiz('<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/a.dtd">', "题"),
    "参数实体.xml": lambda: _quiz('<!DOCTYPE quiz [<!ENTITY % a SYSTEM "file:///etc/hostname">%a;]>', "题"),
    "实体成环.xml": lambda: _quiz('<!DOCTYPE quiz [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;"),
    "包含.xml": lambda: _quiz("", '<i xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/passwd" parse="text"/></i>'),
    "一题大笑.xml": lambda: (_SUBSET.format(more=_LAUGHS).replace("quiz", "qti-assessment-item") + _ITEM.replace("请示", "&i;")).encode(),
    "嵌套十万.xml": lambda: _quiz("", "<a>" * 100_000 + "</a>" * 100_000),
    "一题嵌套.xml": lambda: _ITEM.replace("<p>请示", "<div>" * 5000 + "<p>请示").encode(),
    "元素二百万.xml": lambda: _quiz("", "<a/>" * 2_000_000),
    "属性十万.xml": lambda: _quiz("", "<a " + " ".join(f'b{n}="c"' for n in range(100_000)) + "/>"),
    "命名空间.xml": lambda: _quiz("", "<a " + " ".join(f'xmlns:b{n}="c{n}"' for n in range(50_000)) + "/>"),
    "字面区段.xml": lambda: _quiz("", "<![CDATA[" + "]]]]><![CDATA[>" * 50_000 + "]]>"),
    "字面未完.xml": lambda: _quiz("", "<![CDATA[<script>alert(1)</script>").replace(b"</text>", b""),
    "网页嵌套.xml": lambda: _quiz("", "&lt;div&gt;" * 60_000),
    "网页记号.xml": lambda: _quiz("", "&lt;!--" * 30_000 + "&lt;![CDATA[" * 30_000 + "&lt;?" * 30_000 + "&amp;#" * 30_000),
    "网页属性.xml": lambda: _quiz("", "&lt;p " + "a='" * 60_000),
    "图片很多.xml": lambda: _quiz("", "&lt;img src='data:image/png;base64,iVBORw0KGgo='&gt;" * 8000),
    "图片假的.xml": lambda: _quiz("", "&lt;img src='@@PLUGINFILE@@/../../../etc/passwd'&gt;</text><file name='../../../etc/passwd' encoding='base64'>AAAA</file><text>"),
    "题型乱写.xml": lambda: b"<quiz>" + b'<question type="\xe2\x80\xae"><name><text>1</text></name></question>' * 20_000 + b"</quiz>",
    "题目残缺.xml": lambda: seeds()["题库.moodle.xml"].replace(b"<questiontext", b"<x").replace(b"</questiontext", b"</x"),
    "分数乱写.xml": lambda: seeds()["题库.moodle.xml"].replace(b'fraction="', b'fraction="1e99999999'),
}  # fmt: skip

_JSON: dict[str, Maker] = {
    "嵌套十万.json": lambda: b"[" * 100_000 + b"]" * 100_000,
    "对象嵌套.json": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "嵌套九百.json": lambda: b'[{"question":"a","options":' * 450 + b"1" + b"}]" * 450,
    "键名重复.json": lambda: ('[{"question":"甲","question":"乙","answer":"A","answer":["B"],"options":["子","丑"]' + ',"options":["寅"]' * 9000 + "}]").encode(),
    "数字很长.json": lambda: b'[{"question": ' + b"9" * 100_000 + b', "options": [1e999, -1e999, NaN, Infinity], "answer": 1e308}]',
    "键名很多.json": lambda: ("{" + ",".join(f'"k{n}":"v"' for n in range(200_000)) + "}").encode(),
    "半个代理.json": lambda: rb'[{"question":"\ud800\udc00\ud800x","options":["\udfff","b"],"answer":"A","analysis":"\u0000\u202e"}]',
    "类型错乱.json": lambda: b'[{"question":{"a":[]},"options":{"A":{"B":null}},"answer":[[[true]]],"type":[{}],"difficulty":{"x":1e400}},null,7,"x",[],[[]]]',
    "选项十万.json": lambda: ('[{"question":"甲","answer":"A","options":[' + ",".join(['"乙"'] * 100_000) + "]}]").encode(),
    "没写完.json": lambda: seeds()["题库.json"][:-40] + b'"' + b"\\" * 50_001,
    "图片数据.json": lambda: ('[{"question":"甲<img src=\'data:image/svg+xml;base64,PHN2Zz4=\'>","options":["<img src=//127.0.0.1:9/a>","乙"],"answer":"A"}]').encode(),
}  # fmt: skip

_ENCODED: dict[str, Maker] = {
    "声明双字节.xml": lambda: _declared("utf-16", "utf-8"),
    "声明国标.xml": lambda: _declared("gb2312", "utf-8"),
    "声明无此码.xml": lambda: _declared("x-user-defined-7", "utf-8"),
    "声明七位.xml": lambda: _declared("utf-7", "utf-8"),
    "三十二位.xml": lambda: _declared("utf-32", "utf-32"),
    "两个标记.txt": lambda: b"\xef\xbb\xbf\xef\xbb\xbf\xff\xfe" + _PLAIN.encode(),
    "标记说谎.txt": lambda: b"\xff\xfe" + _PLAIN.encode(),
    "半个双字节.txt": lambda: _PLAIN.encode("utf-16")[:-1],
    "代理字节.txt": lambda: _PLAIN.encode() + b"\xed\xa0\x80\xed\xb0\x80" * 9000,
    "大五码.txt": lambda: (_PLAIN * 40).encode("big5", "replace"),
    "图片改名.xlsx": lambda: b"\x89PNG\r\n\x1a\n" + bytes(5000),
    "网页改名.xls": lambda: "<html><table><tr><td>题干</td></tr></table></html>".encode(),
}  # fmt: skip

_GIFTS: dict[str, Maker] = {
    "花括号.gift": lambda: b"{" * 200_000,
    "花括号成对.gift": lambda: b"{=a ~b}" * 30_000,
    "花括号不合.gift": lambda: ("题{=甲 ~乙\n\n" * 20_000).encode(),
    "标题冒号.gift": lambda: ("::" * 149 + "x\n").encode() * 3000,
    "标题空行.gift": lambda: b"::a::" + b"\n" * 100_000 + b"{=b ~c}",
    "反斜线.gift": lambda: b"a {=b" + b"\\" * 300_001 + b" ~c}",
    "分类很长.gift": lambda: ("$CATEGORY: " + "a/" * 200_000 + "\n\n::1::题{=甲 ~乙}\n").encode(),
    "标记不合.gift": lambda: ("// [tag:" * 60_000 + "\n题{=甲 ~乙}\n").encode(),
    "权重.gift": lambda: ("题{" + "~%-99999999999999%甲" * 20_000 + "=乙}").encode(),
    "配对.gift": lambda: ("题{" + "=甲 -> 乙 " * 30_000 + "}").encode(),
    "数值.gift": lambda: b"a {#1e999:0..1e-999 =%50%3:2}",
}  # fmt: skip

# each made when asked for, by its name; the ending is what it pretends to be
TEXTS: dict[str, Maker] = {**_LINES, **_MARKED_UP, **_JSON, **_ENCODED, **_GIFTS}
