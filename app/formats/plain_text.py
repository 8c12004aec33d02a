"""Text out of bytes whose encoding nobody told: UTF-8, UTF-16 with a mark, GB18030."""

import codecs
import re
from dataclasses import dataclass

from app.formats.problem import Problem

_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FEW_DAMAGED = 5
_ENOUGH_HAN = 30

# Where else the content may be put: a bank may be text, a list of units or people is a table.
TEXT_TOO = "模板表格或纯文本（.txt）"
TABLES_ONLY = "模板表格（.xlsx 或 .csv）"
_KNOWN_BEGINNINGS = (
    (b"%PDF", "这是PDF文件，不能直接读取。请把内容复制到{instead}里再上传"),
    (b"{\\rtf", "这是RTF文档。请把内容复制到{instead}里再上传"),
    (b"\x89PNG", "这是图片，不能读取。请上传{instead}"),
    (b"\xff\xd8\xff", "这是图片，不能读取。请上传{instead}"),
    (b"GIF8", "这是图片，不能读取。请上传{instead}"),
    (b"Rar!", "这是压缩包。请解压后上传里面的表格或文本文件"),
    (b"7z\xbc\xaf", "这是压缩包。请解压后上传里面的表格或文本文件"),
    (b"\x1f\x8b", "这是压缩包。请解压后上传里面的表格或文本文件"),
)
_WEB_PAGE = re.compile(r"^\s*(?:<!DOCTYPE\s+html|<html\b|<table\b|<meta\b|<head\b)", re.IGNORECASE)
_XML = re.compile(r"^\s*<\?xml\b", re.IGNORECASE)
_JSON = re.compile(r"^\s*(?:\{\s*[\"'}]|\[\s*[\[{\"'\d\]])")
_UNREADABLE = "这个文件不是表格也不是文本，读不出内容。请上传{instead}"


@dataclass(frozen=True)
class PlainText:
    """The decoded text, without byte-order mark, with Unix line ends; empty with a problem when it is none."""

    text: str = ""
    problems: tuple[Problem, ...] = ()


def decode(content: bytes, *, instead: str = TEXT_TOO, with_json: bool = False) -> PlainText:
    """The text of a file, and what is wrong with the file as a whole. Never raises.

    `instead` tells what to upload in place of a file that is refused; JSON is refused unless `with_json`.
    """
    for beginning, message in _KNOWN_BEGINNINGS:
        if content.startswith(beginning):
            return _refused(message.format(instead=instead))
    found = _decoded(content)
    if found is None or _NOT_IN_TEXT.search(found.text):
        return _refused(_UNREADABLE.format(instead=instead))
    if not found.text.strip():
        return _refused("文件是空的。请检查是否选对了文件")
    if message := _not_wanted(found.text, with_json):
        return _refused(message)
    return found


def _refused(message: str) -> PlainText:
    return PlainText(problems=(Problem(None, None, "error", message),))


def _decoded(content: bytes) -> PlainText | None:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(content, "utf-16")
    utf8 = _strictly(content, "utf-8-sig")
    if utf8:
        return utf8
    damaged = content.decode("utf-8-sig", "replace")
    count = damaged.count("\ufffd")
    # GB18030 accepts nearly any pair of bytes: a UTF-8 file with a scratch must not turn into nonsense
    if count <= _FEW_DAMAGED and len(_HAN.findall(damaged)) >= _ENOUGH_HAN:
        message = f"文件里有{count}处文字已损坏，读成了“\ufffd”。请在文件中找到并改正后重新上传"
        return PlainText(_unix(damaged), (Problem(None, None, "warning", message),))
    return _strictly(content, "gb18030")


def _strictly(content: bytes, encoding: str) -> PlainText | None:
    try:
        return PlainText(_unix(content.decode(encoding)))
    except UnicodeDecodeError:
        return None


def _unix(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _not_wanted(text: str, with_json: bool) -> str:
    beginning = text[:500]
    if _WEB_PAGE.search(beginning):
        return "这其实是网页，不是表格。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传"
    if _XML.search(beginning):
        return "这是XML文件，不能直接读取。若来自表格软件，请打开后另存为 .xlsx，再上传"
    if _JSON.search(beginning) and not with_json:
        return "这是JSON数据，不能直接读取。请把内容整理到模板表格里，再上传"
    return ""
