"""Which texts say nearly the same: shared runs of three signs, compared exactly and without comparing all with all."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
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
    spread = Counter(run for own in runs for run in own)
    holders: dict[str, list[int]] = defaultdict(list)
    for later, own in enumerate(runs):
        if not own:
            continue
        rarest = sorted(own, key=lambda run: (spread[run], run))
        rarest = rarest[: len(own) - ceil(len(own) * least_percent / 100) + 1]
        found = 0
        for earlier in sorted(_candidates(rarest, holders)):
            percent = _shared(runs[earlier], own)
            if percent >= least_percent and found < _MOST_PAIRS:
                found += 1
                yield Alike(earlier, later, percent)
        for run in rarest:
            holders[run].append(later)


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
    return frozenset(plain[start : start + RUN] for start in range(max(1, len(plain) - RUN + 1))) - {""}


def _shared(one: frozenset[str], other: frozenset[str]) -> int:
    common = len(one & other)
    return common * 100 // (len(one) + len(other) - common)
