"""A question's words and pictures out of the HTML in which quiz systems write them."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import replace

from app.formats.bank_key import read_truth
from app.formats.bank_pieces import Pieces
from app.formats.html_text import images, plain
from app.formats.images import Images
from app.rules.question import Picture, tidy

# What finds the picture at an address, or tells in Chinese why there is none. Called again for the same address, it
# must not read the bytes again: one large picture may be shown a thousand times.
Finder = Callable[[str], Picture | str]

ONLY_PICTURE = "（图）"
_MOST_PICTURES = 40
_INLINE = re.compile(r"data:[\w/+.-]{0,60}(?:;[\w=.-]{1,40}){0,4};base64,", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}:|//)", re.IGNORECASE)


def words_of(pieces: Pieces, markup: str, found: Images, find: Finder, *, option: int | None = None) -> str:
    """The text of a stem or an option that is written in HTML; its pictures are taken as by `pictured`."""
    return pictured(pieces, tidy(plain(markup)), markup, found, find, option=option)


def pictured(pieces: Pieces, text: str, markup: str, found: Images, find: Finder, *, option: int | None = None) -> str:
    """The text that was read of this markup; its pictures go to the pieces, and why one is missing to their notes.

    A place that shows pictures only is called by what they are said to show.
    """
    taken: list[Picture] = []
    for shown in images(markup):
        if len(pieces.pictures) + len(taken) >= _MOST_PICTURES:
            pieces.note("图片", "warning", f"一道题的图片超过{_MOST_PICTURES}张，后面的没有导入，请核对")
            break
        picture = _picture(shown.address, found, find)
        if isinstance(picture, str):
            pieces.note("图片", "warning", picture)
        else:
            taken.append(replace(picture, option=option, alt=shown.alt[:200]))
    pieces.pictures += taken
    if taken and not text:
        return next((tidy(picture.alt) for picture in taken if tidy(picture.alt)), ONLY_PICTURE)
    return text


def words_only(pieces: Pieces, markup: str, column: str) -> str:
    """The text of an explanation, which has no place for pictures: that there were some is told."""
    tell_left_out(pieces, markup, column)
    return tidy(plain(markup))


def tell_left_out(pieces: Pieces, markup: str, column: str) -> None:
    """Say of a column that has no place for pictures that it showed some."""
    if images(markup):
        pieces.note(column, "warning", f"{column}里的图片没有导入；如果需要，请改用文字说明")


def keep_with_truth(pieces: Pieces) -> None:
    """Let pictures follow their options where 错误 stands before 正确: a judgement's options change places."""
    if [read_truth(option) for option in pieces.options] == [False, True]:
        pieces.pictures = [
            one if one.option is None else replace(one, option=1 - one.option) for one in pieces.pictures
        ]


def bytes_of_base64(text: str) -> bytes | None:
    """The bytes that a text stands for, blanks and line ends aside; None when it stands for none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _picture(address: str, found: Images, find: Finder) -> Picture | str:
    if inline := _INLINE.match(address):
        content = bytes_of_base64(address[inline.end() :])
        return "有一张图片的内容损坏了，没有导入；请在原文件里重新插入" if content is None else found.take(content)
    if _ELSEWHERE.match(address):
        return f"图片“{address[:60]}”在别的网站上，没有导入；请下载后放进文件，或改用文字说明"
    return find(address)
