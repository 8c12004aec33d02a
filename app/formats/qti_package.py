"""The zip that a QTI package is: judged by its directory, read member by member, and no path leaves it."""

import contextlib
import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

from app.formats.images import Images
from app.formats.zip_limits import is_bomb
from app.rules.question import Picture

MANIFEST = "imsmanifest.xml"
LARGEST_XML = 4 << 20
_LARGEST_IMAGE = 4 << 20
_MOST_ENTRIES = 45_000
_MOST_UNPACKED = 200 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)

_BROKEN = "这个压缩包损坏了，读不出内容。请从原系统重新导出后再上传"
_BOMB = "这个压缩包里文件太多，或解开后大得不正常，没有读取。请分成几个压缩包"


class BadPackage(Exception):
    """A package or a part of it that is not read; the message says in Chinese why, and what to do."""


class Package:
    """The members of one zip, by their paths with forward strokes. Raises BadPackage only.

    `manifest` is the path of the manifest nearest to the root, empty when there is none.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            entries = self._archive.infolist()
        except _UNREADABLE:
            raise BadPackage(_BROKEN) from None
        if is_bomb(entries, _MOST_ENTRIES, _MOST_UNPACKED):
            raise BadPackage(_BOMB)
        self._entries = {_path_of(entry): entry for entry in entries if not entry.is_dir()}
        manifests = [path for path in self._entries if posixpath.basename(path).lower() == MANIFEST]
        self.manifest = min(manifests, key=lambda path: path.count("/"), default="")
        self._folded = {path.casefold(): path for path in self._entries}

    def paths(self) -> Iterator[str]:
        """The paths of all members, in the directory's order."""
        return iter(self._entries)

    def resolve(self, base: str, address: str) -> str:
        """The path of the member that the file `base` means by an address; empty when it is outside or missing."""
        plain = unquote(address.partition("#")[0].partition("?")[0]).replace("\\", "/").strip()
        for written in (plain, address.strip()):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(base), written))
            if written and not path.startswith(("/", "../")):
                found = path if path in self._entries else self._folded.get(path.casefold(), "")
                if found:
                    return found
        return ""

    def read(self, path: str, limit: int = LARGEST_XML) -> bytes:
        """The bytes of a member, if they are no more than `limit`."""
        entry = self._entries[path]
        if entry.flag_bits & 1:
            raise BadPackage("压缩包设了密码，读不出内容。请去掉密码、重新压缩后再上传")
        if entry.compress_type not in _METHODS:
            raise BadPackage("压缩包用了少见的压缩方法，没有读取。请重新压缩成普通的 .zip 后再上传")
        if entry.file_size > limit:
            raise BadPackage(f"“{path[:80]}”超过{limit >> 20}MB，没有读取。请缩小后重新导出")
        try:
            with self._archive.open(entry) as member:
                content = member.read(limit + 1)
        except _UNREADABLE:
            raise BadPackage(f"压缩包里的“{path[:80]}”损坏了，没有读取。请从原系统重新导出") from None
        return content

    def beginning(self, path: str, length: int = 4000) -> bytes:
        """The first bytes of a member, empty when it cannot be read."""
        entry = self._entries[path]
        if entry.flag_bits & 1 or entry.compress_type not in _METHODS:
            return b""
        try:
            with self._archive.open(entry) as member:
                return member.read(length)
        except _UNREADABLE:
            return b""


class PackedPictures:
    """The pictures of a package; each is unpacked once, however often it is shown."""

    def __init__(self, package: Package, found: Images) -> None:
        self._package = package
        self._found = found
        self._taken: dict[str, Picture | str] = {}

    def picture(self, base: str, address: str) -> Picture | str:
        """The picture at an address as the item `base` writes it, or in Chinese why it is not taken."""
        path = self._package.resolve(base, address)
        if not path:
            return f"图片“{address[:60]}”不在压缩包里，没有导入；请补上图片，或改用文字说明"
        if path not in self._taken:
            self._taken[path] = self._take(path)
        return self._taken[path]

    def _take(self, path: str) -> Picture | str:
        try:
            return self._found.take(self._package.read(path, _LARGEST_IMAGE))
        except BadPackage as refusal:
            return str(refusal)


def _path_of(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")  # what Windows in China writes without saying so
    return posixpath.normpath(name.replace("\\", "/"))
