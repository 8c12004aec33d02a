"""What pages ask about attempts. The candidate's view of an item has no field for the key."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.database import Moment, db, milliseconds
from app.models import Attempt, Contest, Grading, RosterEntry, RosterUnit, SignIn, Sitting, User
from app.queries import pools
from app.rules import timing
from app.rules.assembly import Paper, PaperItem
from app.rules.question import Picture
from app.rules.sheet import AnswerSheet
from app.rules.terms import ContestTerms, Visible


@dataclass(frozen=True)
class State:
    """What explains why a sheet was not stored."""

    lease: str
    handed_in_at: datetime | None
    deadline: datetime
    grace: int


def state_for_saving(attempt_id: int, *, digest: str, now: datetime) -> State | None:
    """The state of an attempt for the sign-in with that digest; None when it is not live or not the owner's."""
    select = (
        sa.select(Attempt.lease, Attempt.handed_in_at, Attempt.deadline, Attempt.grace)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .join(SignIn, SignIn.user_id == RosterEntry.user_id)
        .where(Attempt.id == attempt_id, SignIn.digest == digest)
        .where(SignIn.revoked_at.is_(None), SignIn.expires_at > sa.bindparam("now", now, type_=Moment))
        .where(sa.or_(SignIn.contest_id.is_(None), SignIn.contest_id == RosterEntry.contest_id))
    )
    row = db.session.execute(select).one_or_none()
    return State(*row) if row else None


_PAST_GRACE = sa.and_(
    Attempt.handed_in_at.is_(None),
    sa.type_coerce(Attempt.deadline, sa.BigInteger) + Attempt.grace < sa.bindparam("ms", type_=sa.BigInteger),
)
_OVERDUE = (
    sa.select(Attempt.id)
    .where(Attempt.deadline < sa.bindparam("now", type_=Moment), _PAST_GRACE)
    .order_by(Attempt.deadline, Attempt.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_IS_OVERDUE = sa.select(Attempt.id).where(Attempt.id == sa.bindparam("attempt_id"), _PAST_GRACE)


def overdue(now: datetime, limit: int) -> list[int]:
    """Ids of open attempts past deadline and grace, the longest waiting first."""
    return list(db.session.scalars(_OVERDUE, {"now": now, "ms": milliseconds(now), "most": limit}))


def is_overdue(attempt_id: int, now: datetime) -> bool:
    """Whether this attempt is open and past deadline and grace."""
    return bool(db.session.scalar(_IS_OVERDUE, {"attempt_id": attempt_id, "ms": milliseconds(now)}))


@dataclass(frozen=True)
class OwnAttempt:
    """An attempt as its owner's pages need it."""

    attempt: Attempt
    contest: Contest
    closes_at: datetime
    name: str
    unit: str
    terms: ContestTerms
    entry: RosterEntry

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is open and past deadline and grace."""
        grace = timedelta(milliseconds=self.attempt.grace)
        return self.attempt.handed_in_at is None and timing.is_overdue(now, self.attempt.deadline, grace)

    @property
    def sheet(self) -> AnswerSheet:
        return AnswerSheet.from_json(self.attempt.sheet)


_OWN = (
    sa.select(Attempt, Contest, Sitting.closes_at, User.name, RosterUnit.name, RosterEntry)
    .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
    .join(Contest, Contest.id == RosterEntry.contest_id)
    .join(Sitting, Sitting.id == Attempt.sitting_id)
    .join(User, User.id == RosterEntry.user_id)
    .outerjoin(RosterUnit, RosterUnit.id == RosterEntry.roster_unit_id)
    .where(Attempt.id == sa.bindparam("attempt_id"), RosterEntry.user_id == sa.bindparam("user_id"))
)


def own(attempt_id: int, user_id: int, contest_scope: int | None = None) -> OwnAttempt | None:
    """The attempt, if it is this person's (and, for a sign-in by name, in the contest that it is limited to)."""
    row = db.session.execute(_OWN, {"attempt_id": attempt_id, "user_id": user_id}).one_or_none()
    if row is None or contest_scope not in (None, row[1].id):
        return None
    attempt, contest, closes_at, name, unit, entry = row
    terms = pools.terms(contest.id, attempt.terms_version)
    return OwnAttempt(attempt, contest, closes_at, name, unit or "", terms, entry)


@dataclass(frozen=True)
class Option:
    """An option as shown: its letter, its text, and the place that the form sends."""

    letter: str
    text: str
    value: int
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class ShownItem:
    """What a candidate sees of an item."""

    index: int
    kind: str
    stem: str
    options: tuple[Option, ...]
    chosen: frozenset[int]
    marked: bool
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class ShownSection:
    """A part of the paper as shown; points in hundredths."""

    title: str
    kind: str
    count: int
    points: int
    items: tuple[ShownItem, ...]


@dataclass(frozen=True)
class PlacedItem:
    """An item on a paper by its place in the pool, and what is chosen of it so far, as shown."""

    index: int
    place: int
    order: tuple[int, ...]
    chosen: tuple[int, ...]
    marked: bool


@dataclass(frozen=True)
class PlacedSection:
    """A part of the paper by the places of its items; points in hundredths."""

    title: str
    count: int
    points: int
    items: tuple[PlacedItem, ...]


def placed(view: OwnAttempt) -> tuple[PlacedSection, ...]:
    """The paper of an attempt without its words."""
    sheet, found, start = view.sheet, [], 0
    rows = [
        PlacedItem(index, place, tuple(order), sheet.responses.get(index, ()), index in sheet.marked)
        for index, (place, *order) in enumerate(view.attempt.paper, start=1)
    ]
    for section in view.terms.spec.sections:
        part = tuple(rows[start : start + section.count])
        found.append(PlacedSection(section.title, section.count, section.points, part))
        start += section.count
    return tuple(found)


def paper(view: OwnAttempt) -> tuple[ShownSection, ...]:
    """The paper of an attempt with what has been chosen so far."""
    pool = pools.pool(view.contest.id, view.attempt.pool_version)
    sheet, items = view.sheet, list(enumerate(Paper.from_json(view.attempt.paper).items, start=1))
    shown, start = [], 0
    for section in view.terms.spec.sections:
        part = items[start : start + section.count]
        start += section.count
        rows = tuple(_shown(index, item, pool.items[item.place], sheet) for index, item in part)
        shown.append(ShownSection(section.title, section.kind, section.count, section.points, rows))
    return tuple(shown)


def _shown(index: int, item: PaperItem, source: pools.Item, sheet: AnswerSheet) -> ShownItem:
    options = tuple(
        Option(chr(65 + at), source.options[place], at, source.pictures_of(place))
        for at, place in enumerate(item.order)
    )
    chosen = frozenset(sheet.responses.get(index, ()))
    marked = index in sheet.marked
    return ShownItem(index, source.kind, source.stem, options, chosen, marked, source.pictures_of(None))


@dataclass(frozen=True)
class Reviewed:
    """An item after hand-in; from `key` on everything is None unless the rule lets keys be seen. Hundredths."""

    index: int
    kind: str
    stem: str
    options: tuple[Option, ...]
    chosen: frozenset[int]
    points: int
    key: frozenset[int] | None = None
    mark: int | None = None
    right: bool | None = None
    explanation: str | None = None
    source: str | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class ReviewedSection:
    """A part of the paper after hand-in."""

    title: str
    count: int
    points: int
    items: tuple[Reviewed, ...]


def review(view: OwnAttempt, visible: Visible) -> tuple[ReviewedSection, ...]:
    """The own paper after hand-in, with keys only if `visible` says so."""
    keys = _keys(view) if visible is Visible.KEYS else {}
    return tuple(
        ReviewedSection(
            section.title,
            section.count,
            section.points,
            tuple(
                Reviewed(
                    i.index,
                    i.kind,
                    i.stem,
                    i.options,
                    i.chosen,
                    section.points,
                    **keys.get(i.index, {}),
                    pictures=i.pictures,
                )
                for i in section.items
            ),
        )
        for section in paper(view)
    )


def _keys(view: OwnAttempt) -> dict[int, dict[str, Any]]:
    """For each item of the paper what only a review with keys may show."""
    pool = pools.pool(view.contest.id, pools.latest_versions(view.contest.id).pool)
    marks = marks_of(view.attempt.id)
    found = {}
    for index, placed in enumerate(Paper.from_json(view.attempt.paper).items, start=1):
        source = pool.items[placed.place]
        key = frozenset(at for at, place in enumerate(placed.order) if place in source.key)
        chosen = frozenset(view.sheet.responses.get(index, ()))
        found[index] = {
            "key": key, "right": chosen == key, "mark": marks[index - 1],
            "explanation": source.explanation, "source": source.source,
        }  # fmt: skip
    return found


def marks_of(attempt_id: int) -> list[int]:
    """The newest marks of an attempt, in the order of its paper; empty before grading."""
    select = sa.select(Grading.marks).where(Grading.attempt_id == attempt_id).order_by(Grading.pool_version.desc())
    return db.session.scalars(select.limit(1)).one_or_none() or []


def visible(contest_id: int, terms: ContestTerms, closes_at: datetime, now: datetime) -> Visible:
    """What a candidate may see now. Closed means that nobody can save any more: grace over, every paper handed in."""
    rule = terms.review
    if rule.after_hand_in is rule.after_close or not timing.is_overdue(now, closes_at, timedelta(seconds=terms.grace)):
        return rule.visible(all_closed=False)
    return rule.visible(all_closed=not db.session.scalar(_SOMEBODY_ANSWERS, {"contest_id": contest_id}))


_SOMEBODY_ANSWERS = sa.select(
    sa.exists().where(
        Attempt.handed_in_at.is_(None),
        Attempt.roster_entry_id == RosterEntry.id,
        RosterEntry.contest_id == sa.bindparam("contest_id"),
    )
)


@dataclass(frozen=True)
class Record:
    """One of a person's attempts, as listed under 我的成绩."""

    attempt_id: int
    contest: str
    sitting: str
    handed_in_at: datetime | None
    time_taken: int | None
    score: int | None
    full_score: int
    band: str | None
    is_counted: bool


def records(user_id: int, contest_scope: int | None, now: datetime) -> list[Record]:
    """All attempts of a person, the newest first; scores only as far as the review rule allows."""
    select = (
        sa.select(Attempt, Contest, Sitting.closes_at, RosterEntry)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .join(Contest, Contest.id == RosterEntry.contest_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(RosterEntry.user_id == user_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )
    if contest_scope is not None:
        select = select.where(RosterEntry.contest_id == contest_scope)
    return [_record(*row, now) for row in db.session.execute(select)]


def _record(attempt: Attempt, contest: Contest, closes_at: datetime, entry: RosterEntry, now: datetime) -> Record:
    terms = pools.terms(contest.id, attempt.terms_version)
    allowed = visible(contest.id, terms, closes_at, now)
    shown = allowed is not Visible.NOTHING and attempt.handed_in_at is not None
    return Record(
        attempt_id=attempt.id,
        contest=contest.title,
        sitting=f"第{attempt.ordinal}次" if terms.attempts_allowed != 1 else "",
        handed_in_at=attempt.handed_in_at,
        time_taken=None if attempt.time_taken is None else attempt.time_taken // 1000,
        score=attempt.score if shown else None,
        full_score=terms.full_score,
        band=terms.band(attempt.score) if shown and attempt.score is not None and attempt.answered else None,
        is_counted=shown and attempt.handed_in_at == entry.handed_in_at,
    )
