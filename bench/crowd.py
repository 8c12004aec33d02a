"""Fifty threads in each of four processes on one attempt: they start, save and hand in at once.

Each process runs the whole application on the same database; the pages are asked for as a browser asks.
"""

import json
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.database import db
from bench import cast, stored
from bench.databases import NAMES, database
from bench.installation import Installation, furnish
from bench.ledger import DOUBLED, LOST, WRONG, Account, Fault, faults
from bench.printing import Outcome

ITEMS, POOL = 8, 24
PROCESSES, THREADS, SAVES = 4, 50, 3
PATIENCE = 120.0
OPENS, HANDS_IN = 0.1, 0.03  # so many of the browsers open the paper anew, and hand it in
RIGHT = {"start": (303, 409), "open": (200, 303), "save": (200, 409), "hand_in": (303,)}


@dataclass(frozen=True)
class Plan:
    """One person's browser, which all threads are: where the contest is, and what the browser holds."""

    slug: str
    token: str
    cookies: dict[str, str]
    seed: str


@dataclass
class Seen:
    """What the threads of one process were answered; `saved` are the sheets that were acknowledged."""

    turned_away: int = 0
    crashes: int = 0
    attempts: list[int] = field(default_factory=list)
    saved: list[tuple[int, stored.Responses]] = field(default_factory=list)
    sent: list[tuple[int, stored.Responses]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def drill(backend: str, folder: Path, rounds: int, *, seed: str, threads: int = THREADS) -> Outcome:
    """So many people, each of whom is two hundred browsers at once."""
    outcome = Outcome(f"{PROCESSES}×{threads} 线程同答一份卷（{NAMES[backend]}）")
    with database(backend) as where:
        made = furnish(folder, cast.people(rounds), items=ITEMS, pool=POOL, database_url=where.url)
        with _members(made, threads) as members:
            app = create_app(made.settings())
            for number in range(rounds):
                plan = _enter(app, made, number, f"{seed}/{number}")
                outcome.rounds += 1
                outcome.add(f"round {number + 1}", _judge(made, app, number, plan, _at_once(members, plan), outcome))
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    return outcome


@contextmanager
def _members(made: Installation, threads: int) -> Iterator[list[subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "bench.crowd", str(made.folder), made.database_url, str(threads)]
    members = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
        )
        for _ in range(PROCESSES)
    ]
    try:
        yield members
    finally:
        for member in members:
            member.kill()
            member.communicate()


def _at_once(members: list[subprocess.Popen[str]], plan: Plan) -> list[Seen]:
    for at, member in enumerate(members):
        _say(member, asdict(plan) | {"seed": f"{plan.seed}/{at}"})
    for member in members:
        _hear(member)  # ready
    for member in members:
        _say(member, "go")
    return [Seen(**_hear(member)) for member in members]


def _say(member: subprocess.Popen[str], what: Any) -> None:
    assert member.stdin is not None
    print(json.dumps(what), file=member.stdin, flush=True)


def _hear(member: subprocess.Popen[str]) -> Any:
    assert member.stdout is not None
    return json.loads(member.stdout.readline())


def _enter(app: Flask, made: Installation, number: int, seed: str) -> Plan:
    person, client = made.people[number], app.test_client()
    token = _token(client.get(f"/c/{made.slug}").text)
    fields = {"csrf_token": token, "name": person.name, "tail": person.tail}
    client.post(f"/c/{made.slug}", data=fields)
    token = _token(client.get(f"/c/{made.slug}/rules").text)
    return Plan(made.slug, token, {name: cookie.value for (*_, name), cookie in (client._cookies or {}).items()}, seed)


def _token(page: str) -> str:
    found = re.search(r'name="csrf[-_]token"[^>]*?(?:content|value)="([^"]+)"', page)
    assert found is not None
    return found[1]


def _judge(
    made: Installation, app: Flask, number: int, plan: Plan, seen: list[Seen], outcome: Outcome
) -> Iterator[Fault]:
    """One attempt, one grading, the newest acknowledged sheet; the last to come hands in, in case all were refused."""
    for each in seen:
        outcome.acknowledged += len(each.saved)
        outcome.turned_away += each.turned_away
        outcome.crashes += each.crashes
        yield from (Fault(WRONG, what) for what in each.wrong)
    attempts = {attempt for each in seen for attempt in each.attempts}
    if len(attempts) != 1:
        yield Fault(DOUBLED, f"attempts {sorted(attempts)} were opened")
        return
    attempt_id, client = attempts.pop(), _client(app, plan)
    client.post(f"/attempts/{attempt_id}/submission", data={"csrf_token": plan.token, "confirmed": "yes"})
    saved = [(revision, responses) for each in seen for revision, responses in each.saved]
    newest = max((revision for revision, _ in saved), default=0)
    account = Account(made.people[number], attempt_id, acknowledged=newest, is_handed_in=True)
    with stored.connected(made.url) as connection:
        held = connection.execute(sa.text("SELECT revision, sheet FROM attempts WHERE id = :id"), {"id": attempt_id})
        revision, sheet = held.one()
        responses = (json.loads(sheet) if isinstance(sheet, str) else sheet)["responses"]
        is_untouched = not newest and not revision and not responses  # somebody handed in before anybody's answers came
        # Several pages may have sent that revision, each under its own lease; an acknowledged one must be among them.
        if not is_untouched and (revision, responses) not in [
            tuple(pair) for each in seen for pair in (each.saved or each.sent)
        ]:
            sent = [tuple(pair) for each in seen for pair in each.sent]
            if (revision, responses) not in sent or revision == newest:
                yield Fault(LOST, f"revision {revision} is not stored as it was acknowledged")
        account.sent[revision] = responses
        yield from faults(connection, [account])


def _client(app: Flask, plan: Plan) -> FlaskClient:
    client = app.test_client()
    for name, value in plan.cookies.items():
        client.set_cookie(name, value)
    return client


class Browser(threading.Thread):
    """One of two hundred: opens the paper, saves, and hands in or not."""

    def __init__(self, app: Flask, plan: Plan, number: int, gate: threading.Barrier, seen: Seen) -> None:
        super().__init__(daemon=True)
        self._app, self._plan, self._gate, self._seen = app, plan, gate, seen
        self._number = number
        self._dice, self._client = random.Random(f"{plan.seed}/{number}"), _client(app, plan)

    def run(self) -> None:
        self._gate.wait(PATIENCE)
        form = {"csrf_token": self._plan.token}
        started = self._ask("start", f"/c/{self._plan.slug}/attempts", data=form)
        if started is None or not re.search(r"/attempts/\d+$", started.location or ""):
            return
        address = started.location
        self._seen.attempts.append(int(address.rpartition("/")[2]))
        if self._dice.random() < OPENS or not self._seen.pages:
            opened = self._ask("open", address)
            if opened is not None and opened.status_code == 200:
                self._seen.pages.append(opened.text)
        if self._seen.pages:
            self._save(address)
        if self._dice.random() < HANDS_IN and self._seen.saved:  # before any answer it would leave nothing to lose
            self._ask("hand_in", f"{address}/submission", data=form | {"confirmed": "yes"})

    def _save(self, address: str) -> None:
        responses: stored.Responses = {}
        for turn in range(1, SAVES + 1):
            page = self._seen.pages[-1]  # whichever of this process was opened last
            lease, revision = re.search(r'data-lease="([0-9a-f]+)"', page), re.search(r'data-revision="(\d+)"', page)
            assert lease is not None and revision is not None
            responses = responses | {str(self._dice.randint(1, ITEMS)): [self._dice.randrange(4)]}
            number = int(revision[1]) + turn * 1000 + self._number  # no two of one page's messages have the same
            packet: dict[str, object] = {"lease": lease[1], "revision": number, "responses": responses, "marked": []}
            self._seen.sent.append((number, responses))
            answer = self._ask("save", f"{address}/sheet", json=packet, headers={"X-CSRFToken": self._plan.token})
            if answer is not None and answer.status_code == 200:
                self._seen.saved.append((number, responses))

    def _ask(self, step: str, path: str, **body: Any) -> Any:
        answer = self._client.post(path, **body) if body else self._client.get(path)
        if answer.status_code == 503 and answer.headers.get("Retry-After"):
            self._seen.turned_away += 1
            return None
        if answer.status_code not in RIGHT[step]:
            self._seen.crashes += answer.status_code >= 500
            self._seen.wrong.append(f"{step}: {answer.status_code}")
            return None
        return answer


def member(folder: str, database_url: str, threads: int) -> None:
    """One of the four processes: a plan from standard input, ready, go, what was seen to standard output."""
    app = create_app(Installation(Path(folder), "", (), database_url).settings())
    for line in sys.stdin:
        plan, seen, gate = Plan(**json.loads(line)), Seen(), threading.Barrier(threads + 1)
        browsers = [Browser(app, plan, number, gate, seen) for number in range(threads)]
        for browser in browsers:
            browser.start()
        print('"ready"', flush=True)
        sys.stdin.readline()
        gate.wait(PATIENCE)
        for browser in browsers:
            browser.join(PATIENCE)
        seen.wrong += ["a thread did not come back: a deadlock"] * sum(browser.is_alive() for browser in browsers)
        seen.pages.clear()
        seen.wrong = [f"{what} ({count} times)" for what, count in Counter(seen.wrong).items()]
        print(json.dumps(asdict(seen)), flush=True)


if __name__ == "__main__":
    member(sys.argv[1], sys.argv[2], int(sys.argv[3]))
