"""迟到作答: keeping a sheet that came after deadline and grace, and deciding whether it counts."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from app.database import Moment, db, writing
from app.models import Attempt, LateSheet, RosterEntry, SignIn, Sitting
from app.operations import notices
from app.operations.audit import record
from app.operations.handing_in import grade_again
from app.queries import attempts as questions
from app.queries import papers, pools
from app.rules.assembly import Paper
from app.rules.late import Arrived, Decision, Outcome, brings_news, differing, on_paper, supersedes
from app.rules.sheet import AnswerSheet
from app.rules.terms import Visible

# One transaction decides this many: grading a batch holds the gate for a moment only.
BATCH = 25


def keep_late(attempt_id: int, sheet: AnswerSheet, *, revision: int, lease: str, digest: str, now: datetime) -> bool:
    """Keep a sheet that came too late, one an attempt. True when nothing in it is lost: kept, or stored in time.

    Only from a live sign-in of the owner, and not once a person handed in or an organizer decided. Scores nothing.
    """
    with writing():
        found = db.session.execute(_OWNED, {"attempt_id": attempt_id, "digest": digest, "now": now}).one_or_none()
        if found is None:
            return False
        attempt, sitting, sign_in_id = found
        arrived = Arrived(revision, lease, lease == attempt.lease)
        sheet = on_paper(sheet, Paper.from_json(attempt.paper))
        if not brings_news(arrived, attempt.revision) or not differing(sheet, AnswerSheet.from_json(attempt.sheet)):
            return True
        terms = pools.terms(sitting.contest_id, attempt.terms_version)
        visible = questions.visible(sitting.contest_id, terms, sitting.closes_at, now)
        late = db.session.scalar(sa.select(LateSheet).where(LateSheet.attempt_id == attempt_id))
        if late is None:
            late = LateSheet(attempt_id=attempt_id)
            db.session.add(late)  # from here to the end nothing may be asked: an unfinished row would be written first
        elif late.state != "waiting" or not supersedes(arrived, Arrived(late.revision, late.lease, late.held_lease)):
            is_older = late.lease == lease and revision <= late.revision  # all that it holds is in the kept one
            return is_older or not differing(sheet, AnswerSheet.from_json(late.sheet))
        late.sheet, late.revision, late.lease = sheet.as_json(), revision, lease
        late.held_lease, late.sign_in_id = arrived.held_lease, sign_in_id
        late.arrived_at, late.deadline = now, attempt.deadline
        late.keys_visible = visible is Visible.KEYS
        record(None, "late.keep", f"attempt:{attempt_id}", now, answered=sheet.answered)
        return True


_OWNED = (
    sa.select(Attempt, Sitting, SignIn.id)
    .join(Sitting, Sitting.id == Attempt.sitting_id)
    .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
    .join(SignIn, SignIn.user_id == RosterEntry.user_id)
    .where(Attempt.id == sa.bindparam("attempt_id"), Attempt.voided_at.is_(None))
    .where(sa.or_(Attempt.handed_in_by.is_(None), Attempt.handed_in_by == "server"))
    .where(SignIn.digest == sa.bindparam("digest"), SignIn.revoked_at.is_(None))
    .where(SignIn.expires_at > sa.bindparam("now", type_=Moment))
    .where(sa.or_(SignIn.contest_id.is_(None), SignIn.contest_id == RosterEntry.contest_id))
    .with_for_update(of=Attempt)
    .execution_options(populate_existing=True)
)


def decide_late(
    late_ids: Collection[int], decision: Decision, *, reason: str, seen_at: datetime, actor: int, now: datetime
) -> Counter[Outcome]:
    """Accept or decline late sheets as they stood at `seen_at`, each its own audit entry; how many became what.

    An accepted one is graded in place of the stored one, which is kept beside it with its marks. Many go in batches, a
    transaction each: what is done stays done. Raises Invalid without a reason.
    """
    why, ids = notices.needed(reason), sorted(set(late_ids))
    outcomes: Counter[Outcome] = Counter()
    for start in range(0, len(ids), BATCH):
        with writing():
            for late, attempt in _locked(ids[start : start + BATCH]):
                outcome = _outcome(late, attempt, decision, seen_at)
                outcomes[outcome] += 1
                if outcome is Outcome.DECIDED:
                    late.state, late.reason, late.decided_at, late.decided_by = decision.value, why, now, actor
                    _take_in(late, attempt, actor, now) if decision is Decision.ACCEPT else _leave(late, actor, now)
    return outcomes


# Entries, then attempts, then late sheets, each by ascending id: nobody waits in a circle with those who hand in.
_ENTRIES = (
    sa.select(RosterEntry.id)
    .join(Attempt, Attempt.roster_entry_id == RosterEntry.id)
    .join(LateSheet, LateSheet.attempt_id == Attempt.id)
    .where(LateSheet.id.in_(sa.bindparam("late_ids", expanding=True)))
    .order_by(RosterEntry.id)
    .with_for_update(of=RosterEntry)
)
_SHEETS = (
    sa.select(LateSheet, Attempt)
    .join(Attempt, Attempt.id == LateSheet.attempt_id)
    .where(LateSheet.id.in_(sa.bindparam("late_ids", expanding=True)))
    .order_by(Attempt.id)
    .with_for_update(of=(Attempt, LateSheet))
    .execution_options(populate_existing=True)
)


def _locked(late_ids: list[int]) -> list[tuple[LateSheet, Attempt]]:
    db.session.execute(_ENTRIES, {"late_ids": late_ids})
    return [(late, attempt) for late, attempt in db.session.execute(_SHEETS, {"late_ids": late_ids}).all()]


def _outcome(late: LateSheet, attempt: Attempt, decision: Decision, seen_at: datetime) -> Outcome:
    if late.state != "waiting":
        return Outcome.DECIDED_BEFORE
    if late.arrived_at > seen_at:
        return Outcome.NEWER
    is_finished = attempt.handed_in_at is not None and attempt.voided_at is None
    return Outcome.DECIDED if is_finished or decision is Decision.DECLINE else Outcome.UNFINISHED


def _take_in(late: LateSheet, attempt: Attempt, actor: int, now: datetime) -> None:
    late.sheet_before, late.score_before = attempt.sheet, attempt.score
    late.marks_before = papers.marks_of(attempt.id)
    attempt.sheet = late.sheet
    db.session.flush()
    late.score_after = grade_again(attempt.id, now)
    told = {"late": late.id, "before": late.score_before, "after": late.score_after, "reason": late.reason}
    record(actor, "late.accept", f"attempt:{attempt.id}", now, **told)


def _leave(late: LateSheet, actor: int, now: datetime) -> None:
    record(actor, "late.decline", f"attempt:{late.attempt_id}", now, late=late.id, reason=late.reason)
