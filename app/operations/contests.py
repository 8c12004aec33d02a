"""Opening a contest: its rules, its items and its roster are frozen here."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.database import db, writing
from app.models import (
    Application,
    Contest,
    ItemPool,
    Question,
    Quiz,
    RosterEntry,
    RosterUnit,
    Sitting,
    Terms,
    Unit,
    User,
)
from app.operations.audit import record
from app.operations.spelling import slug as spelled
from app.operations.spelling import sort_key
from app.rules.invalid import Invalid
from app.rules.paper import PaperSpec, Section
from app.rules.prose import local
from app.rules.question import QuestionKind
from app.rules.terms import ContestTerms, Counting, ReviewRule, Visible, faults

CHUNK = 500


@dataclass(frozen=True)
class Opening:
    """What an organizer fills in. `unit_ids` None invites everybody on the people list, else these units and below."""

    quiz_id: int
    title: str
    opens_at: datetime
    closes_at: datetime
    unit_ids: tuple[int, ...] | None = None
    user_ids: tuple[int, ...] | None = None
    scope: str = ""
    slug: str | None = None


def open_contest(opening: Opening, *, actor: int | None, now: datetime) -> str:
    """Publish a contest for a roster and return its slug: terms, item pool and roster are frozen in one step.

    Raises Invalid with everything that stands in the way.
    """
    with writing():
        quiz = db.session.get(Quiz, opening.quiz_id)
        if quiz is None:
            raise Invalid("没有这份试卷方案，请重新选择。")
        terms = _terms(quiz)
        items = _items(quiz, terms)
        people = _invited(opening)
        _check(opening, terms, items, people, now)
        contest = Contest(
            slug=_free_slug(opening, now), title=opening.title.strip(), quiz_id=quiz.id,
            scope=opening.scope, published_at=now, created_at=now, created_by=actor,
        )  # fmt: skip
        db.session.add(contest)
        db.session.flush()
        db.session.add(Sitting(contest_id=contest.id, opens_at=opening.opens_at, closes_at=opening.closes_at))
        db.session.add(Terms(contest_id=contest.id, version=1, rules=terms.as_json()))
        checksum = hashlib.sha256(json.dumps(items, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        db.session.add(ItemPool(contest_id=contest.id, version=1, items=items, checksum=checksum))
        _freeze_units(contest.id, _units_of(opening))
        _take_roster(contest, people, now)
        record(actor, "contest.open", f"contest:{contest.id}", now, quiz=quiz.id, people=len(people))
        return contest.slug


def refresh_roster(contest_id: int, *, actor: int | None, now: datetime) -> int:
    """Before the first sitting opens: take in everybody who has joined the units on the roster since; returns how many.

    Raises Invalid once the sitting has opened: the roster of that day stands.
    """
    with writing():
        contest = db.session.get_one(Contest, contest_id)
        opens_at = db.session.scalar(sa.select(sa.func.min(Sitting.opens_at)).where(Sitting.contest_id == contest_id))
        if opens_at is not None and now >= opens_at:
            raise Invalid("竞赛已经开始，名单以开始时为准；漏录的人请走“申请参赛”。")
        units = sa.select(RosterUnit.unit_id).where(RosterUnit.contest_id == contest_id)
        known = sa.select(RosterEntry.user_id).where(RosterEntry.contest_id == contest_id)
        people = [
            Invited(*row)
            for row in db.session.execute(
                sa.select(User.id, User.unit_id).where(
                    User.left_at.is_(None), User.unit_id.in_(units), User.id.not_in(known)
                )
            )
        ]
        _take_roster(contest, people, now)
        record(actor, "contest.refresh_roster", f"contest:{contest_id}", now, added=len(people))
        return len(people)


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
        contest = db.session.get_one(Contest, request.contest_id)
        units = _freeze_units(contest.id, [unit_id])
        entry = db.session.scalar(
            sa.select(RosterEntry).where(RosterEntry.contest_id == contest.id, RosterEntry.user_id == user_id)
        )
        if entry is None:
            entry = RosterEntry(contest_id=contest.id, user_id=user_id, source="application")
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


def _terms(quiz: Quiz) -> ContestTerms:
    sections = tuple(
        Section(s["title"], QuestionKind(s["kind"]), int(s["count"]), int(s["points"])) for s in quiz.sections
    )
    return ContestTerms(
        spec=PaperSpec(sections),
        duration=quiz.duration,
        attempts_allowed=quiz.attempts_allowed,
        counting=Counting(quiz.counting),
        pass_mark=quiz.pass_mark,
        excellence_mark=quiz.excellence_mark,
        review=ReviewRule(Visible(quiz.review_after_hand_in), Visible(quiz.review_after_close)),
    )


def _items(quiz: Quiz, terms: ContestTerms) -> list[dict[str, object]]:
    select = sa.select(Question).where(Question.bank_id == quiz.bank_id, Question.state == "approved")
    questions = db.session.scalars(select.order_by(Question.number)).all()
    items = []
    for number, section in enumerate(terms.spec.sections):
        items += [{"section": number} | q.as_item() for q in questions if q.kind == section.kind]
    return items


@dataclass(frozen=True)
class Invited:
    """A person to be put on a roster, with the unit of that day."""

    user_id: int
    unit_id: int | None


def _invited(opening: Opening) -> list[Invited]:
    select = sa.select(User.id, User.unit_id).where(User.left_at.is_(None)).order_by(User.id)
    people = [Invited(*row) for row in db.session.execute(select)]
    if opening.user_ids is not None:
        wanted = set(opening.user_ids)
        return [person for person in people if person.user_id in wanted]
    if opening.unit_ids is not None:
        inside = _with_descendants(opening.unit_ids)
        return [person for person in people if person.unit_id in inside]
    # an account that only manages something belongs to no unit, and is not expected to take part
    return [person for person in people if person.unit_id is not None]


def _units_of(opening: Opening) -> set[int]:
    """The units that the report lists, those without people too; with a list of people, only the people's own."""
    if opening.user_ids is not None:
        return set()
    if opening.unit_ids is not None:
        return _with_descendants(opening.unit_ids)
    return set(db.session.scalars(sa.select(Unit.id).where(Unit.retired_at.is_(None))))


def _with_descendants(unit_ids: Iterable[int]) -> set[int]:
    parents = db.session.execute(sa.select(Unit.id, Unit.parent_id)).all()
    inside = set(unit_ids)
    while more := {unit_id for unit_id, parent in parents if parent in inside} - inside:
        inside |= more
    return inside


def _check(
    opening: Opening, terms: ContestTerms, items: list[dict[str, object]], people: list[Invited], now: datetime
) -> None:
    messages = list(faults(terms))
    if not opening.title.strip():
        messages.append("请写竞赛名称。")
    if opening.opens_at >= opening.closes_at:
        messages.append("截止时间应晚于开始时间。")
    elif opening.closes_at <= now:
        messages.append("截止时间已经过去，请改晚一些。")
    for number, section in enumerate(terms.spec.sections):
        have = sum(1 for item in items if item["section"] == number)
        if have < section.count:
            kind = section.kind.label
            messages.append(f"题库里可用的{kind}题只有{have}道，抽不出{section.count}道：请补题，或改试卷方案。")
    if not people:
        messages.append("名单里还没有人：请先导入单位和人员，或换一个参赛范围。")
    if messages:
        raise Invalid(*messages)


def _free_slug(opening: Opening, now: datetime) -> str:
    wanted = opening.slug or spelled(opening.title, local(now).year)
    taken = set(db.session.scalars(sa.select(Contest.slug).where(Contest.slug.like(f"{wanted}%"))))
    if wanted in taken and opening.slug:
        raise Invalid(f"网址“{wanted}”已被别的竞赛用了，请换一个。")
    number, free = 2, wanted
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free or secrets.token_hex(4)


def _take_roster(contest: Contest, people: list[Invited], now: datetime) -> None:
    units = _freeze_units(contest.id, {person.unit_id for person in people if person.unit_id is not None})
    rows = [
        {
            "contest_id": contest.id,
            "user_id": person.user_id,
            "roster_unit_id": units.get(person.unit_id) if person.unit_id else None,
            "expected": True,
            "source": "roster",
            "valid_attempts": 0,
        }
        for person in people
    ]
    for start in range(0, len(rows), CHUNK):
        db.session.execute(sa.insert(RosterEntry), rows[start : start + CHUNK])
    contest.roster_taken_at = now


def _freeze_units(contest_id: int, unit_ids: Iterable[int]) -> dict[int, int]:
    """Copy these units, and those above them, into the contest where they are not yet; unit id to roster unit id."""
    units = {unit.id: unit for unit in db.session.scalars(sa.select(Unit))}
    select = sa.select(RosterUnit.unit_id, RosterUnit.id).where(RosterUnit.contest_id == contest_id)
    frozen: dict[int, int] = {unit_id: row_id for unit_id, row_id in db.session.execute(select)}
    for unit_id in unit_ids:
        chain: list[Unit] = []
        above: int | None = unit_id
        while above is not None and above not in frozen:
            chain.append(units[above])
            above = units[above].parent_id
        for unit in reversed(chain):
            row = RosterUnit(
                contest_id=contest_id, unit_id=unit.id, name=unit.name, code=unit.code, order=unit.order,
                parent_id=frozen.get(unit.parent_id) if unit.parent_id else None,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            frozen[unit.id] = row.id
    return frozen
