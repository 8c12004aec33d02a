"""Files that were valid before something happened to them; each is made from a number, the same one every time."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from tests.corpus import zip_lies
from tests.corpus.seeds import seeds

Change = Callable[[bytes, random.Random], bytes]
_LARGEST = 1 << 20
_SIGNS = [
    b"\0", b"\x01\x02", b"\x1b[2J", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xed\xb0\x80\xed\xa0\x80",
    b"\xef\xbf\xbe",
    b"\xe2\x80\xae", b"\xe2\x80\x8f", b"\xe2\x81\xa6", b"\xe2\x80\xa8", b"\xc2\x85", b"\r", b"\x0b\x0c", b"\x7f",
    b"\xf4\x90\x80\x80", b"\x80" * 9, "↵".encode(), "　".encode() * 50, b"\xcc\x81" * 300,
]  # fmt: skip
_WORDS = [
    b"<![CDATA[", b"]]>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#xD800;", b"&#x110000;",
    b"<?xml version='1.1'?>",
    b"<!--", b"-->", b"<a xmlns:b='c' b:d='e'>", b"</question>", b"<w:p>", b"{", b"}", b"{=", b"~%-1e999%",
    b"::", b"$CATEGORY: ",
    b"[", b"]", b'"', b",,,,,,,,", b"\t" * 200, b"\n" * 300, b"1e999", b"-0", b"99999999999999999999", b"NaN", b"null",
    b"\\u0000", b"\\ud800", b"ANSWER: Z", "答案：".encode(), "答案：ABCDEFGHIJKLMNOP".encode(), "一、判断题\n".encode(),
    b"1. " * 40, b"A. B. C. D. " * 20, "（　　）".encode() * 200, "难度：999999".encode(),
    b"data:image/png;base64,====",
    b"../../../../etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:9/x",
]  # fmt: skip
_ENCODINGS = [
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "gb18030",
    "big5",
    "shift_jis",
    "latin-1",
    "utf-7",
]


@dataclass(frozen=True)
class Mutant:
    """A file, the name it is uploaded under, and what was done to it."""

    number: int
    name: str
    content: bytes
    story: str


def mutant(number: int) -> Mutant:
    """The file of that number: one to three things happened to a valid one, and its name may lie."""
    dice = random.Random(f"mutant/{number}")
    names = list(seeds())
    seed = dice.choice(names)
    content, told = seeds()[seed], [seed]
    for _ in range(dice.choice((1, 1, 2, 3))):
        change = dice.choice(_changes(content))
        content = change(content, dice)[:_LARGEST]
        told.append(change.__name__.strip("_"))
    name = dice.choice(names) if dice.random() < 0.2 else seed
    return Mutant(number, name, content, " ".join(told))


def _changes(content: bytes) -> list[Change]:
    if content[:2] == b"PK":
        # within a part, past the checksums: otherwise nothing but the archive is ever tried
        return [*_BYTES, *[_in_a_part] * 24, zip_lies.changed_directory, zip_lies.doubled_entry, zip_lies.renamed_entry,
                zip_lies.wrapped]  # fmt: skip
    return [*_BYTES, *_TEXT] if content[:2] != b"\xd0\xcf" else _BYTES


def _in_a_part(content: bytes, dice: random.Random) -> bytes:
    """The same archive with one of its parts changed, and a checksum that is right."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            parts = [(entry, old.read(entry)) for entry in old.infolist()]
    except Exception:  # damaged already
        return _flipped(content, dice)
    if not parts:
        return content
    victim = dice.randrange(len(parts))
    if dice.random() < 0.7:  # not the small print every time
        victim = max(range(len(parts)), key=lambda place: (parts[place][0].file_size + 1) * dice.random())
    change = dice.choice([*_BYTES, *_TEXT])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for place, (entry, inner) in enumerate(parts):
            new.NameToInfo.clear()  # what was doubled stays doubled, without a warning
            new.writestr(entry.filename or "x", change(inner, dice)[:_LARGEST] if place == victim else inner)
    return file.getvalue()


# --- to bytes


def _flipped(content: bytes, dice: random.Random) -> bytes:
    flipped = bytearray(content)
    for _ in range(dice.choice((1, 2, 8, 64)) if content else 0):
        flipped[dice.randrange(len(flipped))] = dice.randrange(256)
    return bytes(flipped)


def _bits(content: bytes, dice: random.Random) -> bytes:
    flipped = bytearray(content)
    for _ in range(dice.choice((1, 3, 9)) if content else 0):
        flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(8)
    return bytes(flipped)


def _cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randint(0, len(content))]


def _beheaded(content: bytes, dice: random.Random) -> bytes:
    return content[dice.randint(0, min(len(content), 4000)) :]


def _chunk_doubled(content: bytes, dice: random.Random) -> bytes:
    start, end = _stretch(content, dice)
    return content[:end] + content[start:end] * dice.choice((1, 2, 30)) + content[end:]


def _chunks_shuffled(content: bytes, dice: random.Random) -> bytes:
    size = max(1, len(content) // dice.choice((3, 10, 40)))
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    dice.shuffle(chunks)
    return b"".join(chunks)


def _chunk_removed(content: bytes, dice: random.Random) -> bytes:
    start, end = _stretch(content, dice)
    return content[:start] + content[end:]


def _chunk_blank(content: bytes, dice: random.Random) -> bytes:
    start, end = _stretch(content, dice)
    return content[:start] + dice.choice((b"\0", b"\xff", b" ")) * (end - start) + content[end:]


def _signs_inserted(content: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 3, 12))):
        place = dice.randint(0, len(content))
        content = content[:place] + dice.choice(_SIGNS) + content[place:]
    return content


def _crossed(content: bytes, dice: random.Random) -> bytes:
    other = dice.choice(list(seeds().values()))
    return content[: dice.randint(0, len(content))] + other[dice.randint(0, len(other)) :]


# --- to text


def _words_inserted(content: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 4, 20))):
        place = dice.randint(0, len(content))
        content = content[:place] + dice.choice(_WORDS) + content[place:]
    return content


def _lines_shuffled(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    dice.shuffle(lines)
    return b"\n".join(lines)


def _lines_lost(content: bytes, dice: random.Random) -> bytes:
    return b"\n".join(line for line in content.split(b"\n") if dice.random() > 0.15)


def _figures_swollen(content: bytes, dice: random.Random) -> bytes:
    swollen = dice.choice((b"0", b"-1", b"65536", b"2147483648", b"99999999999999999999", b"1e308"))
    return re.sub(rb"\d+", lambda found: swollen if dice.random() < 0.1 else found[0], content)


def _recoded(content: bytes, dice: random.Random) -> bytes:
    return content.decode("utf-8", "replace").encode(dice.choice(_ENCODINGS), "replace")


def _tags_shuffled(content: bytes, dice: random.Random) -> bytes:
    parts = re.split(rb"(<[^<>]{1,300}>)", content)
    places = [place for place in range(len(parts)) if dice.random() < 0.03]
    moved = [parts[place] for place in places]
    dice.shuffle(moved)
    for place, part in zip(places, moved, strict=True):
        parts[place] = part
    return b"".join(parts)


def _nested(content: bytes, dice: random.Random) -> bytes:
    opening, closing = dice.choice(
        ((b"[", b"]"), (b'{"a":', b"}"), (b"<p>", b"</p>"), (b"<div>", b""), (b"{", b"}"), (b"(", b")"))
    )
    depth, place = dice.choice((40, 900, 20_000)), dice.randint(0, len(content))
    return content[:place] + opening * depth + content[place:] + closing * depth


def _wide(content: bytes, dice: random.Random) -> bytes:
    place = dice.randint(0, len(content))
    return (
        content[:place]
        + dice.choice((b"x", "字".encode(), b" ", b",", b"\t", b"A.", b"~", b"\n")) * 40_000
        + content[place:]
    )


def _stretch(content: bytes, dice: random.Random) -> tuple[int, int]:
    start = dice.randint(0, len(content))
    return start, min(len(content), start + dice.choice((1, 4, 64, 1024)))


_BYTES: list[Change] = [
    _flipped, _bits, _cut, _beheaded, _chunk_doubled, _chunks_shuffled, _chunk_removed, _chunk_blank,
    _signs_inserted, _crossed,
]  # fmt: skip
_TEXT: list[Change] = [
    _words_inserted, _words_inserted, _lines_shuffled, _lines_lost, _figures_swollen, _recoded, _tags_shuffled,
    _nested, _wide,
]  # fmt: skip
