"""Starting, saving and handing in: the attempt engine."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import Moment, Writers, db, executed, fetched, milliseconds, table, writers, writing
from app.models import Attempt, Contest, RosterEntry, SignIn, Sitting
from app.operations.audit import record
from app.operations.handing_in import hand_in_here
from app.queries import attempts as questions
from app.queries import pools
from app.rules import admission, timing
from app.rules import attempt as machine
from app.rules.admission import Reason, Refusal
from app.rules.assembly import assemble
from app.rules.sheet import AnswerSheet

# One transaction closes this many overdue papers, so that a rush at the deadline never holds the gate for long.
OVERDUE_BATCH = 25


class Saving(StrEnum):
    """What became of a sheet that a page sent."""

    SAVED = "saved"
    ELSEWHERE = "elsewhere"
    HANDED_IN = "handed_in"
    LATE = "late"
    SIGNED_OUT = "signed_out"


def start(contest_id: int, user_id: int, *, now: datetime, accept_short: bool = False, seed: str | None = None) -> int:
    """Start an attempt, or resume the one that is open, and return its id.

    Raises Refusal: NOT_ON_ROSTER, NOT_PUBLISHED, PAUSED, NOT_OPEN, CLOSED, USED_UP, or LATE_START when the closing cuts
    the duration and `accept_short` is false. However many callers come at once, one attempt is made.
    """
    for _ in range(2):  # on PostgreSQL the second of two simultaneous starters finds the first one's attempt
        try:
            with writing():
                return _start(contest_id, user_id, now, accept_short, seed or secrets.token_hex(16))
        except IntegrityError:
            continue
    raise RuntimeError("two starts in a row were refused by the database")


def _start(contest_id: int, user_id: int, now: datetime, accept_short: bool, seed: str) -> int:
    place = _place(contest_id, user_id)
    ((opens_at, closes_at, paused_at),) = fetched(_SITTING, {"sitting_id": place.sitting_id})
    terms = pools.terms(contest_id, place.terms)
    made = _made(place)
    if made.open_id is not None and made.is_overdue(now):
        hand_in_here(made.open_id, None, now, only_overdue=True)
        made = _made(place)
    allowed, is_paused = terms.attempts_allowed, paused_at is not None
    standing = admission.Standing(opens_at, closes_at, allowed, made.counted, made.open_id, is_paused=is_paused)
    verdict = admission.admission(standing, now)
    if isinstance(verdict, Reason):
        raise Refusal(verdict, opens=opens_at, closes=closes_at, allowed=allowed)
    if verdict.resume is not None:
        return verdict.resume
    minutes = timing.shortened(terms.duration, closes_at, now)
    if minutes is not None and not accept_short:
        raise Refusal(Reason.LATE_START, minutes=minutes)
    pool, ordinal = pools.pool(contest_id, place.pool), (made.last or 0) + 1
    grace = timedelta(seconds=terms.grace)
    course = machine.start(now, duration=terms.duration, closes_at=closes_at, grace=grace)
    attempt_id = _insert(
        roster_entry_id=place.entry_id,
        sitting_id=place.sitting_id,
        ordinal=ordinal,
        seed=seed,
        paper=assemble(pool.for_assembly, terms.spec, seed).as_json(),
        sheet=AnswerSheet().as_json(),
        lease=secrets.token_hex(16),
        pool_version=pool.version,
        terms_version=place.terms,
        started_at=course.started_at,
        deadline=course.deadline,
        grace=terms.grace * 1000,
    )
    record(user_id, "attempt.start", f"attempt:{attempt_id}", now, contest=contest_id, ordinal=ordinal)
    return attempt_id


# The statements of the hot path are built once: building one costs as much as executing it.
_attempts, _entries, _sittings, _contests = (table(each) for each in (Attempt, RosterEntry, Sitting, Contest))
_sign_ins = table(SignIn)
_PLACE = (
    sa.select(
        _entries.c.id, _sittings.c.id,
        *(pools.newest(_entries.c.contest_id)[name] for name in ("terms", "pool")),
    )
    .select_from(_entries)
    .outerjoin(_contests, sa.and_(_contests.c.id == _entries.c.contest_id, _contests.c.published_at.is_not(None)))
    .outerjoin(_sittings, sa.and_(_sittings.c.contest_id == _contests.c.id, _sittings.c.mode == "official"))
    .where(_entries.c.contest_id == sa.bindparam("contest_id"), _entries.c.user_id == sa.bindparam("user_id"))
    .with_for_update(of=_entries)
)  # fmt: skip
# PostgreSQL: whoever pauses the sitting or moves its closing waits for those who are starting, and they for that.
_SITTING = (
    sa.select(_sittings.c.opens_at, _sittings.c.closes_at, _sittings.c.paused_at)
    .where(_sittings.c.id == sa.bindparam("sitting_id"))
    .with_for_update(read=True)
)
_is_open = _attempts.c.handed_in_at.is_(None)
_MADE = sa.select(
    sa.func.count(sa.case((_attempts.c.given_back.is_(False), 1))),
    sa.func.max(_attempts.c.ordinal),
    sa.func.max(sa.case((_is_open, _attempts.c.id))),
    sa.type_coerce(sa.func.max(sa.case((_is_open, _attempts.c.deadline))), Moment),
    sa.func.max(sa.case((_is_open, _attempts.c.grace))),
    sa.type_coerce(sa.func.max(sa.case((_is_open, _attempts.c.held_at))), Moment),
).where(_attempts.c.roster_entry_id == sa.bindparam("entry_id"), _attempts.c.sitting_id == sa.bindparam("sitting_id"))
_INSERT = sa.insert(_attempts)


class _Place(NamedTuple):
    """Where a person stands on the roster, the official sitting there, and the versions that hold."""

    entry_id: int
    sitting_id: int
    terms: int
    pool: int


class _Made(NamedTuple):
    """How many attempts count in a sitting, the last ordinal, and the one that is open with its clock."""

    counted: int
    last: int | None
    open_id: int | None
    deadline: datetime | None
    grace: int | None
    held_at: datetime | None

    def is_overdue(self, now: datetime) -> bool:
        """Whether the open one has run out."""
        assert self.deadline is not None and self.grace is not None
        return _is_overdue(self.deadline, self.grace, self.held_at or now)


def _place(contest_id: int, user_id: int) -> _Place:
    """The place, locked."""
    row = next(iter(fetched(_PLACE, {"contest_id": contest_id, "user_id": user_id})), None)
    if row is None:
        raise Refusal(Reason.NOT_ON_ROSTER)
    place = _Place(*row)
    if place.sitting_id is None:
        raise Refusal(Reason.NOT_PUBLISHED)
    return place


def _made(place: _Place) -> _Made:
    (row,) = fetched(_MADE, {"entry_id": place.entry_id, "sitting_id": place.sitting_id})
    return _Made(*row)


def _insert(**values: object) -> int:
    made: int = db.session.execute(_INSERT, values).inserted_primary_key[0]  # type: ignore[attr-defined]
    return made


def _is_overdue(deadline: datetime, grace: int, now: datetime) -> bool:
    return timing.is_overdue(now, deadline, timedelta(milliseconds=grace))


# Owner, lease, revocation, revision, deadline and state stand in the statement itself: nothing can change in between.
_SAVE = (
    sa.update(_attempts)
    .where(
        _attempts.c.id == sa.bindparam("b_id"),
        _attempts.c.lease == sa.bindparam("b_lease"),
        _attempts.c.handed_in_at.is_(None),
        _attempts.c.revision < sa.bindparam("b_revision"),
        sa.type_coerce(_attempts.c.deadline, sa.BigInteger) + _attempts.c.grace
        >= sa.func.coalesce(
            sa.type_coerce(_attempts.c.held_at, sa.BigInteger), sa.bindparam("b_ms", type_=sa.BigInteger)
        ),
        sa.exists()
        .where(_entries.c.id == _attempts.c.roster_entry_id, _sign_ins.c.digest == sa.bindparam("b_digest"))
        .where(
            _sign_ins.c.user_id == _entries.c.user_id,
            _sign_ins.c.revoked_at.is_(None),
            _sign_ins.c.expires_at > sa.bindparam("b_now", type_=Moment),
            sa.or_(_sign_ins.c.contest_id.is_(None), _sign_ins.c.contest_id == _entries.c.contest_id),
        )
        .correlate(_attempts),
    )
    .values(
        sheet=sa.bindparam("b_sheet", type_=sa.JSON),
        revision=sa.bindparam("b_revision"),
        answered=sa.bindparam("b_answered"),
        saved_at=sa.bindparam("b_now", type_=Moment),
    )
)


def store_sheet(
    writers: Writers, attempt_id: int, *, lease: str, revision: int, sheet: AnswerSheet, digest: str, now: datetime
) -> bool:
    """Store a whole answer sheet durably, if the page may still save and no newer revision is stored.

    False when it was not stored; `save_sheet` then tells why. `digest` is that of the sender's sign-in.
    """
    parameters = _saved(attempt_id, lease=lease, revision=revision, sheet=sheet, digest=digest, now=now)
    return writers.grouped(_SAVE, parameters) > 0


def _saved(
    attempt_id: int, *, lease: str, revision: int, sheet: AnswerSheet, digest: str, now: datetime
) -> dict[str, Any]:
    return {
        "b_id": attempt_id,
        "b_lease": lease,
        "b_revision": revision,
        "b_sheet": sheet.as_json(),
        "b_answered": sheet.answered,
        "b_now": now,
        "b_ms": milliseconds(now),
        "b_digest": digest,
    }


def save_sheet(attempt_id: int, *, lease: str, revision: int, sheet: AnswerSheet, digest: str, now: datetime) -> Saving:
    """The same, and what became of the sheet.

    An equal or older revision answers SAVED: what it carried is contained in what is stored.
    """
    db.session.rollback()  # what is read next must see what is written here
    if store_sheet(writers(), attempt_id, lease=lease, revision=revision, sheet=sheet, digest=digest, now=now):
        return Saving.SAVED
    state = questions.state_for_saving(attempt_id, digest=digest, now=now)
    if state is None:
        return Saving.SIGNED_OUT
    if state.handed_in_by not in (None, "server"):  # a person's own word is the last
        return Saving.HANDED_IN
    if state.handed_in_at is not None or _is_overdue(state.deadline, state.grace, state.held_at or now):
        return Saving.LATE
    return Saving.ELSEWHERE if state.lease != lease else Saving.SAVED


def hand_in(attempt_id: int, *, actor: int | None, now: datetime) -> bool:
    """Hand in what is stored, grade it, and let it count. False when it was handed in before: it is graded once.

    After deadline + grace this is the server's hand-in, stamped at the deadline, whoever asked for it.
    """
    with writing():
        return hand_in_here(attempt_id, actor, now)


# Whoever locks many locks entries, then the sitting, then attempts, each by ascending id: nobody waits in a circle.
_ENTRIES_OF = (
    sa.select(_entries.c.id)
    .join(_attempts, _attempts.c.roster_entry_id == _entries.c.id)
    .where(_attempts.c.id.in_(sa.bindparam("attempt_ids", expanding=True)))
    .order_by(_entries.c.id)
    .with_for_update(of=_entries)
)
_ENTRY_OF = (
    sa.select(_entries.c.id)
    .join(_attempts, _attempts.c.roster_entry_id == _entries.c.id)
    .where(_attempts.c.id == sa.bindparam("attempt_id"))
    .with_for_update(of=_entries)
)


def hand_in_sheet(
    attempt_id: int, *, lease: str, revision: int, sheet: AnswerSheet, digest: str, actor: int, now: datetime
) -> bool:
    """Store a sheet and hand it in, in one transaction: what nearly every page does that hands in.

    False, and nothing happened, when the sheet may not be stored; `save_sheet` tells why.
    """
    with writing():
        fetched(_ENTRY_OF, {"attempt_id": attempt_id})  # locked before the attempt, as everybody does
        asked = _saved(attempt_id, lease=lease, revision=revision, sheet=sheet, digest=digest, now=now)
        return executed(_SAVE, asked) > 0 and hand_in_here(attempt_id, actor, now)


def hand_in_overdue(*, now: datetime) -> int:
    """Hand in every attempt that is past its deadline and grace; returns how many were."""
    handed_in = 0
    while batch := sorted(questions.overdue(now, OVERDUE_BATCH)):
        with writing():
            db.session.execute(_ENTRIES_OF, {"attempt_ids": batch})
            handed_in += sum(hand_in_here(attempt_id, None, now, only_overdue=True) for attempt_id in batch)
    return handed_in


def close_if_overdue(attempt_id: int, *, now: datetime) -> bool:
    """Hand in one attempt if its time is over: correctness never waits for the sweeper."""
    if not questions.is_overdue(attempt_id, now):
        return False
    with writing():
        return hand_in_here(attempt_id, None, now, only_overdue=True)
