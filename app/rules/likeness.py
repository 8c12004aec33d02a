"""Which texts say nearly the same: shared runs of three signs, compared exactly and without comparing all with all."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from app.rules.question import comparable

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]

RUN = 3
_MOST_COMPARED = 1000
_MOST_PAIRS = 10
_SIGN_BITS = 21  # every sign that Unicode has


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
    runs = _shared_runs([comparable(text) for text in texts])
    holders: dict[int, list[int]] = defaultdict(list)
    for later, size in enumerate(runs.sizes):
        # what stands in this text only takes its places among the rarest, and is shared with none
        prefix = runs.count(later) - (size * least_percent + 99) // 100 + 1
        rarest = runs.rarest(later, prefix) if prefix > 0 else []
        candidates = sorted(_candidates(rarest, holders))
        own = runs[later] if candidates else frozenset[int]()
        found = 0
        for earlier in candidates:
            common = len(runs[earlier] & own)
            percent = common * 100 // (runs.sizes[earlier] + size - common)
            if percent >= least_percent and found < _MOST_PAIRS:
                found += 1
                yield Alike(earlier, later, percent)
        for run in rarest:
            holders[run].append(later)


@dataclass(frozen=True)
class _SharedRuns:
    """Of each text the runs that another text has too, as numbers, the rarest first; `sizes` counts all its runs."""

    sizes: list[int]
    runs: "Numbers"
    ends: list[int]
    sets: dict[int, frozenset[int]]

    def count(self, text: int) -> int:
        return self.ends[text + 1] - self.ends[text]

    def rarest(self, text: int, most: int) -> list[int]:
        found: list[int] = self.runs[self.ends[text] : self.ends[text + 1]][:most].tolist()
        return found

    def __getitem__(self, text: int) -> frozenset[int]:
        """All of them; made only for texts that are compared at all."""
        if text not in self.sets:
            self.sets[text] = frozenset(self.rarest(text, self.count(text)))
        return self.sets[text]


def _shared_runs(texts: Sequence[str]) -> _SharedRuns:
    import numpy as np  # slow import

    owners, codes = _coded(texts)
    known, numbers = np.unique(codes, return_inverse=True)
    pairs = np.sort(owners * max(len(known), 1) + numbers)
    # each run once a text; numpy's own `unique` would hash them, at ten times the cost
    owners, numbers = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], max(len(known), 1))
    sizes = np.bincount(owners, minlength=len(texts))
    spread = np.bincount(numbers, minlength=len(known))
    is_shared = spread[numbers] > 1
    owners, numbers = owners[is_shared], numbers[is_shared]
    order = np.lexsort((numbers, spread[numbers], owners))
    ends = np.cumsum(np.bincount(owners, minlength=len(texts)))
    return _SharedRuns(sizes.tolist(), numbers[order], [0, *ends.tolist()], {})


def _coded(texts: Sequence[str]) -> "tuple[Numbers, Numbers]":
    """Every run of every text as one number, beside the place of its text; a text of one or two signs is one run."""
    import numpy as np

    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    counts = np.maximum(lengths - RUN + 1, np.minimum(lengths, 1))
    joined = "".join(text + "\0" * (RUN - 1) for text in texts)
    signs = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    owners = np.repeat(np.arange(len(texts)), counts)
    begins = np.cumsum(lengths + RUN - 1) - (lengths + RUN - 1)
    firsts = np.cumsum(counts) - counts
    starts = np.arange(len(owners)) + np.repeat(begins - firsts, counts)
    codes = signs[starts]
    for step in range(1, RUN):
        codes = codes << _SIGN_BITS | signs[starts + step]
    return owners, codes


def _candidates(rarest: list[int], holders: dict[int, list[int]]) -> set[int]:
    """The earlier texts that share one of these runs, those that share a rare one first, up to a thousand."""
    found: set[int] = set()
    for run in rarest:
        found.update(holders[run][: _MOST_COMPARED - len(found)])
        if len(found) >= _MOST_COMPARED:
            break
    return found
