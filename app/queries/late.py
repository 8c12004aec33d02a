"""What pages ask about 迟到作答: the organizer's queue, and what became of one candidate's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.database import db, fetched, milliseconds, table
from app.models import Attempt, LateSheet, RosterEntry, RosterUnit, User
from app.queries import pools
from app.queries.pages import Page, page
from app.rules.assembly import Paper, PaperItem
from app.rules.grading import grade
from app.rules.late import differing
from app.rules.sheet import AnswerSheet

NOTHING = "—"


@dataclass(frozen=True)
class Difference:
    """One item on which the late sheet says something else; choices in the letters of that paper."""

    number: int
    counted: str
    late: str


@dataclass(frozen=True)
class LateRow:
    """A late sheet as the organizer weighs it. Scores in hundredths, `late_by` in whole seconds after the deadline.

    `went_on`: the attempt was opened again and saved into since; accepting puts the older sheet in place of that.
    """

    id: int
    attempt_id: int
    name: str
    unit: str
    ordinal: int
    deadline: datetime
    arrived_at: datetime
    late_by: int
    held_lease: bool
    keys_visible: bool
    went_on: bool
    differences: tuple[Difference, ...]
    score_before: int | None
    score_after: int | None
    may_count: bool
    state: str
    reason: str
    decided_at: datetime | None


def counts(contest_id: int) -> tuple[int, int]:
    """How many late sheets of a contest wait for a decision, and how many there are."""
    select = (
        sa.select(sa.func.count().filter(LateSheet.state == "waiting"), sa.func.count())
        .select_from(LateSheet)
        .join(Attempt, Attempt.id == LateSheet.attempt_id)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .where(RosterEntry.contest_id == contest_id)
    )
    waiting, all_ = db.session.execute(select).one()
    return waiting, all_


def queue(contest_id: int, number: int, size: int, *, waiting: bool) -> Page[LateRow]:
    """One page of those that wait, the longest waiting first, or of those decided, the newest first."""
    found = page(_of(contest_id, waiting=waiting), number, size)
    pool = _pool(contest_id)
    return found.map(lambda row: _row(contest_id, pool, *row))


def one(contest_id: int, late_id: int) -> LateRow | None:
    """That late sheet of the contest, waiting or decided."""
    return next(iter(_rows(contest_id, _SHEETS.where(LateSheet.id == late_id))), None)


def chosen(contest_id: int, late_ids: Collection[int] | None, most: int) -> tuple[LateRow, ...]:
    """Those of the contest that wait, only these or all for None; the longest waiting first, `most` of them."""
    select = _of(contest_id, waiting=True).limit(most)
    return _rows(contest_id, select if late_ids is None else select.where(LateSheet.id.in_(late_ids)))


def are_of(contest_id: int, late_ids: Collection[int]) -> bool:
    """Whether all of these belong to the contest, and there is one at least."""
    select = (
        sa.select(sa.func.count())
        .select_from(LateSheet)
        .join(Attempt, Attempt.id == LateSheet.attempt_id)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .where(RosterEntry.contest_id == contest_id, LateSheet.id.in_(late_ids))
    )
    return bool(late_ids) and db.session.scalar(select) == len(set(late_ids))


class LateNote(NamedTuple):
    """What became of a late sheet, for the one who sent it; the score that counted before in hundredths."""

    id: int
    arrived_at: datetime
    state: str
    reason: str
    score_before: int | None


_late = table(LateSheet)
_OUTCOME = sa.select(*(_late.c[name] for name in LateNote._fields)).where(
    _late.c.attempt_id == sa.bindparam("attempt_id")
)


def of_attempt(attempt_id: int) -> LateNote | None:
    """What became of the late sheet of an attempt, if one was kept."""
    return next((LateNote(*row) for row in fetched(_OUTCOME, {"attempt_id": attempt_id})), None)


_SHEETS = (
    sa.select(LateSheet, Attempt, User.name, RosterUnit.name)
    .join(Attempt, Attempt.id == LateSheet.attempt_id)
    .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
    .join(User, User.id == RosterEntry.user_id)
    .outerjoin(RosterUnit, RosterUnit.id == RosterEntry.roster_unit_id)
)


def _of(contest_id: int, *, waiting: bool) -> sa.Select[LateSheet, Attempt, str, str]:
    state = LateSheet.state == "waiting"
    order = (LateSheet.arrived_at, LateSheet.id) if waiting else (LateSheet.decided_at.desc(), LateSheet.id)
    return _SHEETS.where(RosterEntry.contest_id == contest_id, state if waiting else ~state).order_by(*order)


def _rows(contest_id: int, select: sa.Select[LateSheet, Attempt, str, str]) -> tuple[LateRow, ...]:
    found, pool = db.session.execute(select.where(RosterEntry.contest_id == contest_id)).all(), _pool(contest_id)
    return tuple(_row(contest_id, pool, *row) for row in found)


def _pool(contest_id: int) -> pools.Pool:
    return pools.pool(contest_id, pools.latest_versions(contest_id).pool)


def _row(contest_id: int, pool: pools.Pool, late: LateSheet, attempt: Attempt, name: str, unit: str | None) -> LateRow:
    paper, terms = Paper.from_json(attempt.paper), pools.terms(contest_id, attempt.terms_version)
    arrived = AnswerSheet.from_json(late.sheet)
    counted = AnswerSheet.from_json(attempt.sheet if late.sheet_before is None else late.sheet_before)
    score_after = late.score_after if late.state == "accepted" else grade(paper, terms.spec, pool.keys, arrived).score
    return LateRow(
        id=late.id,
        attempt_id=attempt.id,
        name=name,
        unit=unit or "",
        ordinal=attempt.ordinal,
        deadline=late.deadline,
        arrived_at=late.arrived_at,
        late_by=(milliseconds(late.arrived_at) - milliseconds(late.deadline)) // 1000,
        held_lease=late.held_lease,
        keys_visible=late.keys_visible,
        went_on=late.state == "waiting" and attempt.saved_at is not None and attempt.saved_at > late.arrived_at,
        differences=tuple(
            Difference(n, _said(counted, n, paper.items[n - 1], pool), _said(arrived, n, paper.items[n - 1], pool))
            for n in differing(counted, arrived)
        ),
        score_before=attempt.score if late.sheet_before is None else late.score_before,
        score_after=score_after,
        may_count=attempt.handed_in_at is not None and attempt.voided_at is None,
        state=late.state,
        reason=late.reason,
        decided_at=late.decided_at,
    )


def _said(sheet: AnswerSheet, number: int, item: PaperItem, pool: pools.Pool) -> str:
    """The letters chosen on an item, as they stood on that paper; for 判断 the words, — for none."""
    chosen = sheet.responses.get(number, ())
    source = pool.items[item.place]
    if source.kind == "true_false":
        return "、".join(source.options[item.order[at]] for at in chosen) or NOTHING
    return "".join(chr(65 + at) for at in chosen) or NOTHING
