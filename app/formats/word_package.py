"""The zip that a Word file is: judged by its own directory before anything is unpacked, its parts read with a limit."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element

from app.formats.word_xml import blocks, child, name, parsed, value
from app.formats.zip_limits import is_steep, is_too_much

_MOST_ENTRIES = 6_000
_MOST_UNPACKED = 400 << 20
_LARGEST_DOCUMENT = 60 << 20
_LARGEST_PART = 16 << 20

_DOCUMENT = re.compile(r"word/document\d{0,3}\.xml")
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)

BROKEN = "这个Word文档损坏了，读不出内容。请用 Word 或 WPS 打开后另存为 .docx，再上传"
_BOMB = "这个Word文档解开后大得不正常，没有读取。请把试题复制到新文档里再上传"
_LARGE = f"这个Word文档的正文超过{_LARGEST_DOCUMENT >> 20}MB，没有读取。请分成几个文件，或清除格式后再上传"
_PASSWORD = "这个Word文档设了打开密码，读不出内容。请取消密码、另存后再上传"


class WordPackage:
    """The parts of one Word file."""

    def __init__(self, archive: zipfile.ZipFile, document: str) -> None:
        self._archive = archive
        self._document = document
        self._targets = _targets(parsed(self.part(_relations_of(document))), document)

    def part(self, path: str, limit: int = _LARGEST_PART) -> bytes | None:
        """The bytes of a part, at most one more than `limit`; None when it is missing or broken."""
        try:
            with self._archive.open(path) as part:
                return part.read(limit + 1)
        except (KeyError, *UNREADABLE):
            return None

    def tree(self, sort: str) -> Element | None:
        """The part that the document calls its numbering or its styles, None when there is none or it is too large."""
        path = next((path for kind, path in self._targets.values() if kind == sort), None)
        content = self.part(path or posixpath.join(posixpath.dirname(self._document), f"{sort}.xml"))
        return parsed(content) if content and len(content) <= _LARGEST_PART else None

    def target(self, relation: str) -> str | None:
        """The path of the part that a relation of the document names; None when it is outside or missing."""
        return self._targets.get(relation, ("", ""))[1] or None

    def blocks(self) -> Iterator[Element]:
        """The blocks of the body, as `word_xml.blocks`."""
        part: IO[bytes]
        with self._archive.open(self._document) as part:
            yield from blocks(part)


def is_word(content: bytes) -> bool:
    """Whether the bytes are a zip that holds a Word document."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except UNREADABLE:
        return False
    return any(_DOCUMENT.fullmatch(entry) for entry in names)


def open_package(content: bytes) -> WordPackage | str:
    """The package, or in Chinese why it is not opened and what to do. Never raises."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except UNREADABLE:
        return BROKEN
    if refusal := _refusal(entries):
        return refusal
    found = sorted((e for e in entries if _DOCUMENT.fullmatch(e.filename)), key=lambda e: (len(e.filename), e.filename))
    if not found:
        return BROKEN
    return _LARGE if found[0].file_size > _LARGEST_DOCUMENT else WordPackage(archive, found[0].filename)


def _refusal(entries: list[zipfile.ZipInfo]) -> str:
    if is_too_much(entries, _MOST_ENTRIES, _MOST_UNPACKED):
        return _BOMB
    for entry in entries:
        if entry.flag_bits & 1:
            return _PASSWORD
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return BROKEN
        if is_steep(entry):
            return _BOMB
    return ""


def _relations_of(document: str) -> str:
    folder, file = posixpath.split(document)
    return f"{folder}/_rels/{file}.rels"


def _targets(root: Element | None, document: str) -> dict[str, tuple[str, str]]:
    """(kind, path) by identifier; the path of what lies outside the file is empty."""
    found: dict[str, tuple[str, str]] = {}
    for relation in root if root is not None else ():
        identifier, target = value(relation, "Id"), value(relation, "Target")
        if identifier is None or target is None:
            continue
        kind = (value(relation, "Type") or "").rpartition("/")[2]
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(document), target)).lstrip("/")
        found[identifier] = (kind, "" if value(relation, "TargetMode") == "External" else path)
    return found


def style_names(styles: Element | None) -> dict[str, str]:
    """What each style is called, by its identifier; lower case."""
    named = (
        ((value(style, "styleId"), value(child(style, "w:name"))) for style in styles if name(style) == "w:style")
        if styles is not None
        else ()
    )
    return {identifier: title.lower() for identifier, title in named if identifier and title}
