"""申请参赛: asking to be put on a roster, and the answer."""

from datetime import datetime

import sqlalchemy as sa

from app.database import db, writing
from app.models import Application, RosterEntry, Unit, User
from app.operations.audit import record
from app.operations.rosters import freeze_units
from app.operations.spelling import sort_key
from app.rules.invalid import Invalid


def apply(contest_id: int, *, name: str, unit: str, phone: str, note: str = "", now: datetime) -> int:
    """申请参赛: somebody asks to be put on the roster. The same request, still waiting, is kept once."""
    with writing():
        same = sa.select(Application.id).where(
            Application.contest_id == contest_id,
            Application.name == name,
            Application.phone == phone,
            Application.state == "waiting",
        )
        if (known := db.session.scalar(same)) is not None:
            return known
        request = Application(contest_id=contest_id, name=name, unit=unit, phone=phone, note=note, created_at=now)
        db.session.add(request)
        db.session.flush()
        record(None, "application.make", f"application:{request.id}", now, contest=contest_id)
        return request.id


def approve_application(application_id: int, *, unit_id: int, actor: int, now: datetime) -> bool:
    """Put the applicant on the roster under that unit. False when it was decided before; Invalid for no such unit."""
    with writing():
        if not _decide(application_id, "approved", actor, now):
            return False
        request = db.session.get_one(Application, application_id)
        user_id = db.session.scalar(sa.select(User.id).where(User.name == request.name, User.phone == request.phone))
        if user_id is None:
            person = User(
                name=request.name, phone=request.phone, unit_id=unit_id, created_at=now, sort_key=sort_key(request.name)
            )
            db.session.add(person)
            db.session.flush()
            user_id = person.id
        if db.session.get(Unit, unit_id) is None:
            raise Invalid("没有这个单位，请从单位表里选一个。")
        units = freeze_units(request.contest_id, [unit_id])
        entry = db.session.scalar(
            sa.select(RosterEntry).where(RosterEntry.contest_id == request.contest_id, RosterEntry.user_id == user_id)
        )
        if entry is None:
            entry = RosterEntry(contest_id=request.contest_id, user_id=user_id, source="application")
            db.session.add(entry)
        entry.roster_unit_id = units[unit_id]
        record(actor, "application.approve", f"application:{application_id}", now, user=user_id, unit=unit_id)
        return True


def decline_application(application_id: int, *, actor: int, now: datetime) -> bool:
    """Say no to a request. False when it was decided before."""
    with writing():
        declined = _decide(application_id, "declined", actor, now)
        if declined:
            record(actor, "application.decline", f"application:{application_id}", now)
        return declined


def _decide(application_id: int, state: str, actor: int, now: datetime) -> bool:
    claim = (
        sa.update(Application)
        .where(Application.id == application_id, Application.state == "waiting")
        .values(state=state, decided_at=now, decided_by=actor)
    )
    return bool(db.session.execute(claim).rowcount)  # type: ignore[attr-defined]  # an UPDATE has a row count
