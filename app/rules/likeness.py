"""Which texts say nearly the same: shared runs of three signs, compared exactly and without comparing all with all."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from app.rules.question import comparable

RUN = 3


class Alike(NamedTuple):
    """Two texts by their places, the earlier first, and what share of their runs they have in common, in percent."""

    earlier: int
    later: int
    percent: int


def nearly_alike(texts: Sequence[str], least_percent: int) -> Iterator[Alike]:
    """All pairs that share at least that many percent of their runs, in the order of the later text.

    Width, case, blanks and punctuation do not count. A pair with enough in common must share one of the rarest runs
    of each text (prefix filtering: Bayardo, Ma and Srikant, WWW 2007), so that only such pairs are compared.
    """
    runs = [_runs(text) for text in texts]
    spread = Counter(run for own in runs for run in own)
    holders: dict[str, list[int]] = defaultdict(list)
    for later, own in enumerate(runs):
        if not own:
            continue
        rarest = sorted(own, key=lambda run: (spread[run], run))
        rarest = rarest[: len(own) - ceil(len(own) * least_percent / 100) + 1]
        for earlier in sorted({place for run in rarest for place in holders[run]}):
            percent = _shared(runs[earlier], own)
            if percent >= least_percent:
                yield Alike(earlier, later, percent)
        for run in rarest:
            holders[run].append(later)


def _runs(text: str) -> frozenset[str]:
    plain = comparable(text)
    return frozenset(plain[start : start + RUN] for start in range(max(1, len(plain) - RUN + 1))) - {""}


def _shared(one: frozenset[str], other: frozenset[str]) -> int:
    common = len(one & other)
    return common * 100 // (len(one) + len(other) - common)
