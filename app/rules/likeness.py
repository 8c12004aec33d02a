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
    sizes = list(map(len, runs))
    shared = _ranked(runs)
    sets = [frozenset(own) for own in shared]
    holders: dict[int, list[int]] = defaultdict(list)
    for later, own in enumerate(shared):
        size = sizes[later]
        # what stands in this text only takes its places among the rarest, and is shared with none
        prefix = size - ceil(size * least_percent / 100) + 1 - (size - len(own))
        rarest = own[: max(prefix, 0)]
        found = 0
        for earlier in sorted(_candidates(rarest, holders)):
            common = len(sets[earlier] & sets[later])
            percent = common * 100 // (sizes[earlier] + size - common)
            if percent >= least_percent and found < _MOST_PAIRS:
                found += 1
                yield Alike(earlier, later, percent)
        for run in rarest:
            holders[run].append(later)


def _ranked(runs: list[frozenset[str]]) -> list[list[int]]:
    """The runs of each text that other texts have too, as ranks, the rarest first."""
    spread = Counter(run for own in runs for run in own)
    shared = sorted(sorted(run for run, count in spread.items() if count > 1), key=spread.__getitem__)
    rank = {run: place for place, run in enumerate(shared)}
    return [sorted(rank[run] for run in own if run in rank) for own in runs]


def _candidates(rarest: list[int], holders: dict[int, list[int]]) -> set[int]:
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
