"""The load: people who go through a contest, so many at once, each next one when one is done (a closed loop).

Runs as a process of its own, so that its processor time is nobody else's: a plan in JSON on standard input, what was
seen in JSON on standard output.
"""

import json
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import stored
from bench.browser import Browser
from bench.cast import Person, as_json
from bench.journeys import Floor, Journey, Usual, Zhisai
from bench.stored import Responses, Sheet


@dataclass(frozen=True)
class Plan:
    """Who does what where. `system` is floor, usual or zhisai; `saves` is how often each person saves."""

    port: int
    system: str
    slug: str
    way: str
    at_once: int
    saves: int
    database: str
    people: list[dict[str, Any]]


@dataclass
class Seen:
    """What the clients saw: milliseconds of each step, and what went wrong."""

    seconds: float = 0.0
    finished: int = 0
    start: list[float] = field(default_factory=list)
    save: list[float] = field(default_factory=list)
    hand_in: list[float] = field(default_factory=list)
    lost: int = 0
    errors: list[str] = field(default_factory=list)


def drive(plan: Plan) -> Seen:
    """Let a process of its own carry out the plan. Raises CalledProcessError when it fails as a whole."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.driver"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parent.parent,
        timeout=600,
    )
    return Seen(**json.loads(done.stdout))


def plan(
    port: int, system: str, slug: str, way: str, at_once: int, saves: int, database: Path, people: Sequence[Person]
) -> Plan:
    """A plan for these people."""
    return Plan(port, system, slug, way, at_once, saves, str(database), [as_json(person) for person in people])


def carry_out(plan: Plan) -> Seen:
    """Send the people through, `at_once` of them at a time."""
    seen, waiting = Seen(), queue.SimpleQueue[Person]()
    for fields in plan.people:
        waiting.put(Person(**fields))
    threads = [threading.Thread(target=_work, args=(plan, waiting, seen)) for _ in range(plan.at_once)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen.seconds = time.perf_counter() - began
    return seen


def _work(plan: Plan, waiting: "queue.SimpleQueue[Person]", seen: Seen) -> None:
    connection = stored.reading(Path(plan.database))
    while True:
        try:
            person = waiting.get_nowait()
        except queue.Empty:
            return
        browser = Browser(plan.port)
        journey = _journey(plan, browser)
        try:
            _take_part(plan, person, journey, connection, seen)
        except Exception as error:  # one person's trouble must not end the others' run
            seen.errors.append(f"{person.login}: {error}")
        finally:
            browser.close()


def _journey(plan: Plan, browser: Browser) -> Journey:
    if plan.system == "zhisai":
        return Zhisai(browser, plan.slug)
    return Usual(browser) if plan.system == "usual" else Floor(browser)


def _take_part(plan: Plan, person: Person, journey: Journey, connection: Any, seen: Seen) -> None:
    dice = random.Random(person.login)
    journey.enter(person, plan.way)
    began = time.perf_counter()
    journey.start()
    seen.start.append(_since(began))
    responses: Responses = {}
    revision = journey.revision
    for turn in range(plan.saves):
        responses[str(turn % journey.items + 1)] = [dice.randrange(4)]
        revision += 1
        began = time.perf_counter()
        journey.save(revision, responses)
        seen.save.append(_since(began))
    # Before the hand-in, whose form carries the whole sheet again and would heal what was lost.
    if stored.sheet(connection, journey.attempt_id) != Sheet(revision, responses, False):
        seen.lost += 1
    began = time.perf_counter()
    journey.hand_in(revision + 1, responses)
    seen.hand_in.append(_since(began))
    if stored.sheet(connection, journey.attempt_id) != Sheet(revision + 1, responses, True):
        seen.lost += 1
    seen.finished += 1


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    json.dump(asdict(carry_out(Plan(**json.load(sys.stdin)))), sys.stdout)
