"""Archives that say something else of themselves than what they hold."""

import contextlib
import io
import random
import zipfile
import zlib
from collections.abc import Callable

# stands in every name that tries to leave the archive: a file so called anywhere is a fault
ESCAPED = "zhisai-fuzz-escape"
NAMES = (
    f"../../../../../../tmp/{ESCAPED}", f"/tmp/{ESCAPED}", f"..\\..\\{ESCAPED}", f"C:\\{ESCAPED}",
    f"word/../../{ESCAPED}",
    f"xl/./../{ESCAPED}\0.xml", f"items/{ESCAPED}\u202excod.exe", ESCAPED * 900,
)  # fmt: skip
_DIRECTORY = b"PK\x01\x02"
_END = b"PK\x05\x06"


def changed_directory(content: bytes, dice: random.Random) -> bytes:
    """One field of one line of the directory, or of its end, says something else: a size, a flag, a method, a place."""
    changed = bytearray(content)
    places = _places(content, _DIRECTORY)
    if not places:
        return content
    place = dice.choice(places)
    start, length = dice.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4)))
    if dice.random() < 0.2 and (ends := _places(content, _END)):
        place, (start, length) = ends[-1], dice.choice(((8, 2), (10, 2), (12, 4), (16, 4), (20, 2)))
    value = dice.choice((0, 1, 2**15, 99, 2 ** (8 * length) - 1, dice.randrange(2 ** (8 * length))))
    changed[place + start : place + start + length] = (value % 2 ** (8 * length)).to_bytes(length, "little")
    return bytes(changed)


def doubled_entry(content: bytes, dice: random.Random) -> bytes:
    """One of the parts is there twice, the second time with another content."""
    return _with(content, dice, lambda name: name)


def renamed_entry(content: bytes, dice: random.Random) -> bytes:
    """A part more, whose name tries to leave the archive."""
    return _with(content, dice, lambda _: dice.choice(NAMES)[:60_000])


def wrapped(content: bytes, dice: random.Random) -> bytes:
    """The archive in an archive, as often as may be."""
    for level in range(dice.choice((1, 2, 5))):
        content = packed(
            {dice.choice(("imsmanifest.xml", "word/document.xml", "xl/workbook.xml", f"{level}.zip")): content}
        )
    return content


def packed(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, inner in parts.items():
            made.writestr(zipfile.ZipInfo(name or "x"), inner, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def understated(content: bytes, said: int) -> bytes:
    """The archive with a directory that gives this size for whatever is larger unpacked."""
    changed = bytearray(content)
    for place in _places(content, _DIRECTORY):
        if int.from_bytes(content[place + 24 : place + 28], "little") > said:
            changed[place + 24 : place + 28] = said.to_bytes(4, "little")
    return bytes(changed)


def overlapping(inner_name: str, megabytes: int, entries: int) -> bytes:
    """Many lines of the directory that all lead to the same packed zeros (D. Fifield, WOOT 2019, simplified)."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = b"\0" * (megabytes << 20)
    packed_body = body.compress(plain) + body.flush()
    sums = (
        zlib.crc32(plain).to_bytes(4, "little")
        + len(packed_body).to_bytes(4, "little")
        + len(plain).to_bytes(4, "little")
    )
    head = b"\x14\0\0\0\x08\0\0\0\x21\0" + sums
    name = inner_name.encode()
    local = b"PK\x03\x04" + head + len(name).to_bytes(2, "little") + b"\0\0" + name + packed_body
    lines = b""
    for number in range(entries):
        own = name if number == 0 else f"{number}/{inner_name}".encode()
        lines += _DIRECTORY + b"\x14\0" + head + len(own).to_bytes(2, "little") + b"\0" * 16 + own
    counted = (entries % 65536).to_bytes(2, "little") * 2
    return (
        local
        + lines
        + _END
        + b"\0" * 4
        + counted
        + len(lines).to_bytes(4, "little")
        + len(local).to_bytes(4, "little")
        + b"\0\0"
    )


def _with(content: bytes, dice: random.Random, renamed: Callable[[str], str]) -> bytes:
    file = io.BytesIO(content)
    with contextlib.suppress(Exception), zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as made:
        name = dice.choice(made.namelist() or ["x"])
        made.NameToInfo.clear()  # or it warns of names that are there already
        made.writestr(zipfile.ZipInfo(renamed(name)), dice.choice((b"", b"<a/>", b"\0" * 5000, dice.randbytes(99))))
    return file.getvalue()


def _places(content: bytes, sign: bytes) -> list[int]:
    places, place = [], content.find(sign)
    while place >= 0:
        places.append(place)
        place = content.find(sign, place + 1)
    return places
