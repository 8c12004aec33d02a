"""A small cast: one city, three units, five people, one bank, one quiz. Everything goes through the real tables."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

from app.database import db, writing
from app.models import Question, QuestionBank, Quiz, RosterEntry, Unit, User
from app.operations import accounts, contests
from app.operations.contests import Opening
from app.rules.roles import Role

NOON = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)  # noon in Shanghai
PASSWORD = "correct horse battery"
KEY_CANARY = "解析暗记"  # stands in every explanation: no candidate may see it before the review rule allows
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # as strong as promised: test_passwords.py
_HASH = QUICK.hash(PASSWORD)


@dataclass(frozen=True)
class City:
    """Ids of what the small city holds. 李明 has a namesake in another unit, told apart by the telephone."""

    bureau: int
    centre: int
    archive: int
    li_ming: int
    wang_fang: int
    zhang_wei: int
    other_li_ming: int
    chen_jing: int
    bank: int
    quiz: int


def city(*, attempts_allowed: int = 2, duration: int = 1800, counting: str = "best", **quiz: object) -> City:
    """市财政局 with its 国库支付中心, and 市档案馆; a bank of 12 questions; a quiz of 5 items and 100 points."""
    with writing() as session:
        bureau = Unit(name="市财政局", code="CZ", order=1)
        archive = Unit(name="市档案馆", code="DA", order=2)
        session.add_all([bureau, archive])
        session.flush()
        centre = Unit(name="市国库支付中心", code="CZ01", order=3, parent_id=bureau.id)
        session.add(centre)
        session.flush()
        people = [
            User(name=name, phone=phone, unit_id=unit.id, created_at=NOON, sort_key=key)
            for name, phone, unit, key in (
                ("李明", "13800006207", bureau, "li ming"),
                ("王芳", "13800001111", bureau, "wang fang"),
                ("张伟", "13800002222", centre, "zhang wei"),
                ("李明", "13900006207", archive, "li ming"),
                ("陈静", "13800003333", archive, "chen jing"),
            )
        ]
        bank = QuestionBank(title="普法小题库", created_at=NOON)
        session.add_all([*people, bank])
        session.flush()
        session.add_all(_questions(bank.id))
        row = Quiz(
            **{
                "title": "普法小竞赛",
                "bank_id": bank.id,
                "sections": [
                    {"title": "单项选择题", "kind": "single_choice", "count": 3, "points": 2000},
                    {"title": "多项选择题", "kind": "multiple_choice", "count": 1, "points": 3000},
                    {"title": "判断题", "kind": "true_false", "count": 1, "points": 1000},
                ],
                "duration": duration,
                "attempts_allowed": attempts_allowed,
                "counting": counting,
                "pass_mark": 6000,
                "excellence_mark": 9000,
                "created_at": NOON,
            }
            | quiz
        )
        session.add(row)
        session.flush()
        made = City(
            bureau.id, centre.id, archive.id,
            people[0].id, people[1].id, people[2].id, people[3].id, people[4].id,
            bank.id, row.id,
        )  # fmt: skip
    return made


def _questions(bank_id: int) -> list[Question]:
    kinds = ["single_choice"] * 6 + ["multiple_choice"] * 3 + ["true_false"] * 3
    return [
        Question(
            bank_id=bank_id,
            number=number,
            kind=kind,
            stem=f"第{number}题的题干",
            options=["正确", "错误"]
            if kind == "true_false"
            else [f"{number}甲", f"{number}乙", f"{number}丙", f"{number}丁"],
            key={"single_choice": [1], "multiple_choice": [0, 2], "true_false": [0]}[kind],
            explanation=f"{KEY_CANARY}{number}",
            source=f"依据暗记{number}",
            topic="宪法" if number % 3 else "民法典",
            difficulty=3 if number == 6 else 2,
            created_at=NOON,
        )
        for number, kind in enumerate(kinds, start=1)
    ]


def contest(
    made: City,
    *,
    opens: datetime | None = None,
    closes: datetime | None = None,
    now: datetime = NOON,
    **opening: object,
) -> tuple[int, str]:
    """Open the city's quiz for everybody, from an hour ago for a day; returns the contest's id and slug."""
    opens = opens or now - timedelta(hours=1)
    values = {"title": "普法网络知识竞赛", "slug": "pufa"} | opening
    slug = contests.open_contest(
        Opening(quiz_id=made.quiz, opens_at=opens, closes_at=closes or opens + timedelta(days=1), **values),  # type: ignore[arg-type]
        actor=None,
        now=now,
    )
    from app.queries.contests import by_slug

    found = by_slug(slug)
    assert found is not None
    return found.id, slug


def account(login: str, role: Role | None, *, name: str = "周敏", now: datetime = NOON) -> int:
    """Somebody with a login, the common password, and a role."""
    user_id, _ = accounts.make_account(name, login, role, actor=None, now=now)
    with writing():
        db.session.get_one(User, user_id).password_hash = _HASH
    return user_id


def counted(contest_id: int, user_id: int, result: int, *, attempts: int = 1) -> None:
    """Let this result, in hundredths, stand on the roster as if the person had handed in."""
    with writing():
        entry = db.session.query(RosterEntry).filter_by(contest_id=contest_id, user_id=user_id).one()
        entry.result, entry.valid_attempts = result, attempts
