"""迟到作答: what of a sheet that came too late is worth keeping, and against what it is held."""

from dataclasses import dataclass
from enum import StrEnum

from app.rules.assembly import Paper
from app.rules.sheet import AnswerSheet


@dataclass(frozen=True)
class Arrived:
    """A sheet by where it came from: its revision, its lease, and whether that lease was the attempt's newest."""

    revision: int
    lease: str
    held_lease: bool


class Decision(StrEnum):
    """What an organizer makes of a late sheet, and the state it has from then on."""

    ACCEPT = "accepted"
    DECLINE = "declined"


class Outcome(StrEnum):
    """What became of a late sheet that was to be decided: only the first changed anything."""

    DECIDED = "decided"
    DECIDED_BEFORE = "decided_before"
    NEWER = "newer"  # more of it arrived after the organizer had looked
    UNFINISHED = "unfinished"  # the attempt is open again, or voided


def on_paper(sheet: AnswerSheet, paper: Paper) -> AnswerSheet:
    """The sheet without choices that the paper does not offer: a forged one takes no room."""
    offered = {number: len(item.order) for number, item in enumerate(paper.items, start=1)}
    kept = {n: tuple(place for place in chosen if place < offered.get(n, 0)) for n, chosen in sheet.responses.items()}
    return AnswerSheet({n: chosen for n, chosen in kept.items() if chosen}, sheet.marked & offered.keys())


def differing(one: AnswerSheet, other: AnswerSheet) -> tuple[int, ...]:
    """The numbers of the items on which two sheets do not say the same, ascending."""
    numbers = sorted({*one.responses, *other.responses})
    return tuple(n for n in numbers if one.responses.get(n, ()) != other.responses.get(n, ()))


def brings_news(arrived: Arrived, stored_revision: int) -> bool:
    """Whether a sheet can hold what is not stored. Revision 0 is a question without anything unsaved in it.

    Revisions of one lease follow each other; those of different leases cannot be compared.
    """
    return arrived.revision > (stored_revision if arrived.held_lease else 0)


def supersedes(arrived: Arrived, kept: Arrived) -> bool:
    """Whether a sheet takes the place of one kept before: the newest page's goes first, then the newer revision."""
    if arrived.lease == kept.lease:
        return arrived.revision > kept.revision
    return arrived.held_lease or not kept.held_lease
