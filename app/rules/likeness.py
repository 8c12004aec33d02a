"""Which texts say nearly the same: shared runs of three signs, compared exactly and without comparing all with all."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from math import ceil
from typing import NamedTuple

from app.rules.question import comparable

RUN = 3
_MOST_COMPARED = 1000
_MOST_PAIRS = 10


class Alike(NamedTuple):
    """Two texts by their places, the earlier first, and what share of their runs they have in common, in percent."""

    earlier: int
    later: int
    percent: int


def nearly_alike(texts: Sequence[str], least_percent: int) -> Iterator[Alike]:
    """All pairs that share at least that many percent of their runs, in the order of the later text.

    Width, case, blanks and punctuation do not count. A pair with enough in common must share one of the rarest runs
    of each text (prefix filtering: Bayardo, Ma and Srikant, WWW 2007), so that only such pairs are compared. Of texts
    that are all made after one pattern, each is compared with the nearest thousand by that measure, and at most ten
    pairs of each are given: ten thousand copies must not make fifty million pairs.
    """
    runs = [_runs(text) for text in texts]
    shared = _shared(runs)
    spread = Counter(chain.from_iterable(shared))
    numbered = _Numbered(shared)
    holders: dict[str, list[int]] = defaultdict(list)
    for later, own in enumerate(runs):
        size = len(own)
        # what stands in this text only takes its places among the rarest, and is shared with none
        prefix = size - ceil(size * least_percent / 100) + 1 - (size - len(shared[later]))
        rarest = sorted(sorted(shared[later]), key=spread.__getitem__)[:prefix] if prefix > 0 else []
        candidates = sorted(_candidates(rarest, holders))
        mine = numbered[later] if candidates else frozenset[int]()
        found = 0
        for earlier in candidates:
            common = len(numbered[earlier] & mine)
            percent = common * 100 // (len(runs[earlier]) + size - common)
            if percent >= least_percent and found < _MOST_PAIRS:
                found += 1
                yield Alike(earlier, later, percent)
        for run in rarest:
            holders[run].append(later)


class _Numbered(dict[int, frozenset[int]]):
    """The shared runs of a text as numbers, which compare faster; made only for texts that are compared at all."""

    def __init__(self, runs: Sequence[frozenset[str]]) -> None:
        super().__init__()
        self._runs, self._numbers = runs, dict[str, int]()

    def __missing__(self, place: int) -> frozenset[int]:
        numbers = self._numbers
        self[place] = made = frozenset([numbers.setdefault(run, len(numbers)) for run in self._runs[place]])
        return made


def _shared(runs: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Of each text the runs that another text has too."""
    seen, twice = set[str](), set[str]()
    for own in runs:
        twice |= seen & own
        seen |= own
    return [own & twice for own in runs]


def _candidates(rarest: list[str], holders: dict[str, list[int]]) -> set[int]:
    """The earlier texts that share one of these runs, those that share a rare one first, up to a thousand."""
    found: set[int] = set()
    for run in rarest:
        found.update(holders[run][: _MOST_COMPARED - len(found)])
        if len(found) >= _MOST_COMPARED:
            break
    return found


def _runs(text: str) -> frozenset[str]:
    plain = comparable(text)
    if not plain:
        return frozenset()
    return frozenset({plain[start : start + RUN] for start in range(max(1, len(plain) - RUN + 1))})
