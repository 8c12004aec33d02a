"""Whether an attempt costs more with ten times as many people and attempts stored already."""

import argparse
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tqdm import tqdm

from app import create_app
from app.database import Base, db, table, writing
from app.models import Attempt, AuditEntry, Grading, RosterEntry, SignIn
from bench import cast
from bench.cast import Person
from bench.cost import WARMING_UP, Round, medians, one_round, ratio
from bench.installation import CHUNK, Installation
from bench.printing import Finding, Goal, aligned, wrong
from bench.targets import Target, furnished, product

STORED, FULL, TIMES = 500, 5_000, 10
AT_MOST = 1.10
Rows = dict[type[Base], dict[str, Any]]


def measure(options: argparse.Namespace) -> Finding:
    """Two installations side by side, one ten times as full as the other; the same work through each in turn."""
    few = FULL if options.full else STORED
    coming = WARMING_UP + options.pairs * options.people
    with tempfile.TemporaryDirectory(prefix="zhisai-growth-") as folder, ExitStack() as stack:
        found: list[tuple[Target, list[Person]]] = []
        for count in (few, few * TIMES):
            people = cast.people(count + coming)
            target = _filled(Path(folder) / str(count), people, count)
            stack.enter_context(target.servers[0])
            one_round(target, "name", people[count:][:WARMING_UP], options)
            found.append((target, people[count + WARMING_UP :]))
        rounds: list[list[Round]] = [[], []]
        for number in tqdm(range(options.pairs), disable=options.json, unit="对", leave=False):
            for (target, people), seen in zip(found, rounds, strict=True):
                group = people[number * options.people :][: options.people]
                seen.append(one_round(target, "name", group, options))
    return _finding(few, rounds, options)


def _filled(folder: Path, people: Sequence[Person], count: int) -> Target:
    """The product with so many attempts stored: a real one, and others like it."""
    made = furnished(folder, people)
    with (first := product(made)).servers[0]:
        first.drive("name", people[:1])
    _multiply(made, count)
    return product(made)


def _multiply(made: Installation, count: int) -> None:
    """Write for the first `count` people what the first of them has left behind."""
    app = create_app(made.settings())
    with app.app_context():
        with writing() as session:
            of_one: Rows = {model: _first(model) for model in (Attempt, Grading, SignIn, AuditEntry)}
            columns = [column for column in table(RosterEntry).c if column.name not in ("id", "user_id")]
            result = session.execute(sa.select(*columns).where(RosterEntry.id == _entry(of_one))).mappings().one()
            others = sa.select(RosterEntry.id, RosterEntry.user_id).order_by(RosterEntry.id).offset(1).limit(count - 1)
            rows = session.execute(others).all()
            for start in range(0, len(rows), CHUNK):
                for model, copies in _copies(of_one, rows[start : start + CHUNK]).items():
                    session.execute(sa.insert(table(model)), copies)
            within = RosterEntry.id.in_(sa.select(others.subquery().c.id))
            session.execute(sa.update(RosterEntry).where(within).values(**result))
        db.session.remove()
        db.engine.dispose()


def _first(model: type[Base]) -> dict[str, Any]:
    return dict(db.session.execute(sa.select(table(model)).order_by(sa.text("id"))).mappings().first() or {})


def _entry(of_one: Rows) -> int:
    entry: int = of_one[Attempt]["roster_entry_id"]
    return entry


def _copies(of_one: Rows, entries: Sequence[Any]) -> dict[type[Base], list[dict[str, Any]]]:
    """The rows of these people: an attempt gets the number of its entry, which is nobody else's."""
    audit = {name: value for name, value in of_one[AuditEntry].items() if name != "id"}
    sign_in = {name: value for name, value in of_one[SignIn].items() if name != "id"}
    grading = {name: value for name, value in of_one[Grading].items() if name != "id"}
    shift = of_one[Attempt]["id"]
    return {
        Attempt: [
            of_one[Attempt] | {"id": shift + e.id, "roster_entry_id": e.id, "receipt": f"copy-{e.id}"} for e in entries
        ],
        Grading: [grading | {"attempt_id": shift + e.id} for e in entries],
        SignIn: [sign_in | {"user_id": e.user_id, "digest": secrets.token_hex(32)} for e in entries],
        AuditEntry: [
            audit | {"actor_id": e.user_id, "subject": f"attempt:{shift + e.id}"} for e in entries for _ in range(2)
        ],
    }


def _finding(few: int, rounds: list[list[Round]], options: argparse.Namespace) -> Finding:
    grown = ratio(rounds[1], rounds[0])
    figures: dict[str, Any] = {"stored": [few, few * TIMES], "ratio": grown, "few": {}, "many": {}}
    rows: list[tuple[str, ...]] = [("库里已有", "CPU毫秒/份", "份/秒", "保存 p50/p99", "交卷 p50/p99")]
    errors: list[str] = []
    for key, count, of in zip(("few", "many"), figures["stored"], rounds, strict=True):
        found = figures[key] = medians(of)
        times = [f"{found[step]['p50']} / {found[step]['p99']}" for step in ("save_ms", "hand_in_ms")]
        rows.append((f"{count} 份", f"{found['cpu_ms_per_attempt']}", f"{found['attempts_per_second']}", *times))
        errors += found["errors"]
    lost = figures["few"]["lost"] + figures["many"]["lost"]
    title = (
        f"库里已有十倍的答卷（闭环，同时 {options.at_once} 人，每轮 {options.people} 人，"
        f"交替 {options.pairs} 对取中位数；姓名入场，毫秒）"
    )
    lines = [*aligned(rows), f"  {TIMES} 倍 ÷ 1 倍 = {grown}", *wrong(errors, lost)]
    goal = Goal("每份答卷的 CPU，库里已有的多十倍 ÷ 少", f"≤ {AT_MOST:.2f}", str(grown), grown <= AT_MOST)
    return Finding(title, figures, lines, [goal], wrong=lost + len(errors))
