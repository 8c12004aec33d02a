"""Questions of one bank that ask nearly the same, and where the two differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from app.rules.likeness import nearly_alike
from app.rules.question import Draft, asked_text, comparable, stem_fingerprint

LEAST_PERCENT = 70


class Twins(NamedTuple):
    """Two questions by their places, the earlier first; `percent` is None when only their stems are the same."""

    earlier: int
    later: int
    percent: int | None


class Piece(NamedTuple):
    """A run of characters, and whether the other question says it differently."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Marked:
    """A question's stem and options in pieces."""

    stem: tuple[Piece, ...]
    options: tuple[tuple[Piece, ...], ...]


def twins(drafts: Sequence[Draft], least_percent: int = LEAST_PERCENT) -> tuple[Twins, ...]:
    """All pairs that share that much of what they ask, the closest first, then those with the same stem only."""
    alike = [Twins(*found) for found in nearly_alike([asked_text(draft) for draft in drafts], least_percent)]
    known = {(pair.earlier, pair.later) for pair in alike}
    same_stem = [Twins(*pair, None) for pair in _same_stems(drafts) if pair not in known]
    return (*sorted(alike, key=lambda pair: (-(pair.percent or 0), pair.earlier, pair.later)), *same_stem)


def marked(one: Draft, other: Draft) -> tuple[Marked, Marked]:
    """Both questions with their differences marked; an option that the other has anywhere is no difference."""
    left, right = _compared(one.stem, other.stem)
    return Marked(left, tuple(_options(one, other))), Marked(right, tuple(_options(other, one)))


def _same_stems(drafts: Sequence[Draft]) -> Iterator[tuple[int, int]]:
    first: dict[str, int] = {}
    for place, draft in enumerate(drafts):
        earlier = first.setdefault(stem_fingerprint(draft.stem), place)
        if earlier != place:
            yield earlier, place


def _options(own: Draft, other: Draft) -> Iterator[tuple[Piece, ...]]:
    mine, theirs = _identities(own), _identities(other)
    for place, option in enumerate(own.options):
        if mine[place] in theirs:
            yield (Piece(option, False),)
        elif place < len(theirs) and theirs[place] not in mine:
            yield _compared(option, other.options[place])[0]
        else:
            yield (Piece(option, True),)


def _identities(draft: Draft) -> list[str]:
    return [comparable(option) or option for option in draft.options]


def _compared(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    left, right = [], []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left.append(Piece(one[i1:i2], tag != "equal"))
        right.append(Piece(other[j1:j2], tag != "equal"))
    return tuple(piece for piece in left if piece.text), tuple(piece for piece in right if piece.text)
