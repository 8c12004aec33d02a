"""迟到作答: keeping a sheet that came after deadline and grace, and deciding whether it counts."""

from datetime import datetime

import sqlalchemy as sa

from app.database import Moment, db, writing
from app.models import Attempt, LateSheet, RosterEntry, SignIn, Sitting
from app.operations.audit import record
from app.operations.handing_in import grade_again
from app.queries import attempts as questions
from app.queries import papers, pools
from app.rules.assembly import Paper
from app.rules.invalid import Invalid
from app.rules.late import Arrived, brings_news, differing, on_paper, supersedes
from app.rules.sheet import AnswerSheet
from app.rules.terms import Visible

LONGEST_REASON = 200


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
        late = db.session.scalar(sa.select(LateSheet).where(LateSheet.attempt_id == attempt_id))
        if late is None:
            late = LateSheet(attempt_id=attempt_id)
            db.session.add(late)
        elif late.state != "waiting" or not supersedes(arrived, Arrived(late.revision, late.lease, late.held_lease)):
            is_older = late.lease == lease and revision <= late.revision  # all that it holds is in the kept one
            return is_older or not differing(sheet, AnswerSheet.from_json(late.sheet))
        late.sheet, late.revision, late.lease = sheet.as_json(), revision, lease
        late.held_lease, late.sign_in_id, late.arrived_at = arrived.held_lease, sign_in_id, now
        terms = pools.terms(sitting.contest_id, attempt.terms_version)
        late.keys_visible = questions.visible(sitting.contest_id, terms, sitting.closes_at, now) is Visible.KEYS
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


def accept_late(late_id: int, *, reason: str, actor: int, now: datetime) -> bool:
    """Let a late sheet count: it is graded in place of the stored one, which is kept beside it with its marks.

    False when it was decided before. Raises Invalid without a reason, or when the attempt is not finished.
    """
    reason = _reason(reason)
    with writing():
        # Entry, attempt, late sheet: locked in this order by everybody, so that nobody waits in a circle.
        attempt = db.session.execute(_DECIDED, {"late_id": late_id}).one().Attempt
        db.session.refresh(attempt, with_for_update=True)
        if not _decide(late_id, "accepted", reason, actor, now):
            return False
        if attempt.handed_in_at is None or attempt.voided_at is not None:
            raise Invalid("这份答卷又开放作答了，或者已经作废，迟到的作答现在不能计入。")
        late = db.session.get_one(LateSheet, late_id, populate_existing=True)
        late.sheet_before, late.score_before = attempt.sheet, attempt.score
        late.marks_before = papers.marks_of(attempt.id)
        attempt.sheet = late.sheet
        db.session.flush()
        score = grade_again(attempt.id, now)
        record(actor, "late.accept", f"attempt:{attempt.id}", now, late=late_id, before=late.score_before, after=score)
        return True


def decline_late(late_id: int, *, reason: str, actor: int, now: datetime) -> bool:
    """Leave the result as it is; the sheet stays kept. False when decided before; Invalid without a reason."""
    reason = _reason(reason)
    with writing():
        declined = _decide(late_id, "declined", reason, actor, now)
        if declined:
            attempt_id = db.session.scalar(sa.select(LateSheet.attempt_id).where(LateSheet.id == late_id))
            record(actor, "late.decline", f"attempt:{attempt_id}", now, late=late_id)
        return declined


_DECIDED = (
    sa.select(Attempt, RosterEntry)
    .join(LateSheet, LateSheet.attempt_id == Attempt.id)
    .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
    .where(LateSheet.id == sa.bindparam("late_id"))
    .with_for_update(of=RosterEntry)
    .execution_options(populate_existing=True)
)


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("请写明理由，参赛者会看到。")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"理由太长，请写在{LONGEST_REASON}字以内。")
    return reason


def _decide(late_id: int, state: str, reason: str, actor: int, now: datetime) -> bool:
    claim = (
        sa.update(LateSheet)
        .where(LateSheet.id == late_id, LateSheet.state == "waiting")
        .values(state=state, reason=reason, decided_at=now, decided_by=actor)
    )
    return bool(db.session.execute(claim).rowcount)  # type: ignore[attr-defined]  # an UPDATE has a row count
