"""The load: people who go through a contest over real HTTP, each with a browser of their own.

Closed loop: so many at once, each next one when one is done. Open loop: so many come each second, however many are in.
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
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.browser import PATIENCE, Browser
from bench.cast import Person, as_json
from bench.journeys import Floor, Journey, Usual, Zhisai
from bench.stored import Judge, Responses, Sheet

STEPS = ("entry", "start", "save", "hand_in", "result")
LONGEST = 900  # seconds that a plan may take
STACK = 256 * 1024  # bytes: in an open loop each person is a thread


@dataclass(frozen=True)
class Plan:
    """Who does what where. `system` is floor, usual or zhisai; `saves` is how often each person saves.

    `people` are spread evenly over `ports`. `rate` people come each second; 0 means a closed loop of `at_once`. `pause`
    are the seconds between two saves. `database` is a file of SQLite, or an address of PostgreSQL.
    """

    ports: Sequence[int]
    system: str
    slug: str
    way: str
    database: str
    people: Sequence[dict[str, Any]]
    at_once: int = 8
    saves: int = 50
    rate: float = 0.0
    pause: float = 0.0
    patience: float = PATIENCE


@dataclass
class Seen:
    """What the clients saw: milliseconds of each step, waits included, and what went wrong.

    `waits` counts, by step, how often the server asked to come again. `settled` are the seconds from the last arrival
    until the last save of all was acknowledged.
    """

    seconds: float = 0.0
    finished: int = 0
    settled: float = 0.0
    lost: int = 0
    steps: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    waits: dict[str, int] = field(default_factory=dict)
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
        timeout=LONGEST,
    )
    return Seen(**json.loads(done.stdout))


def as_plan(people: Sequence[Person]) -> list[dict[str, Any]]:
    """These people, as a plan names them."""
    return [as_json(person) for person in people]


def carry_out(plan: Plan) -> Seen:
    """Send the people through."""
    crowd = _Crowd(plan)
    began = time.perf_counter()
    if plan.rate:
        crowd.come_by_the_clock()
    else:
        crowd.come_one_after_the_other()
    crowd.seen.seconds = time.perf_counter() - began
    return crowd.seen


class _Crowd:
    """All people of a plan, and what they saw."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self.seen = plan, Seen()
        self._people = [Person(**fields) for fields in plan.people]
        self._judge, self._mutex = Judge(plan.database), threading.Lock()
        self._last_came = self._last_saved = 0.0

    def come_by_the_clock(self) -> None:
        dice, due, threads = random.Random(2026), time.perf_counter(), list[threading.Thread]()
        threading.stack_size(STACK)
        for number, person in enumerate(self._people):
            time.sleep(max(0.0, due - time.perf_counter()))
            thread = threading.Thread(target=self._see_through, args=(number, person))
            thread.start()
            threads.append(thread)
            due += dice.expovariate(self._plan.rate)
        self._last_came = time.perf_counter()
        for thread in threads:
            thread.join()
        self.seen.settled = self._last_saved - self._last_came

    def come_one_after_the_other(self) -> None:
        waiting = queue.SimpleQueue[tuple[int, Person]]()
        for each in enumerate(self._people):
            waiting.put(each)
        threads = [threading.Thread(target=self._work, args=(waiting,)) for _ in range(self._plan.at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, waiting: "queue.SimpleQueue[tuple[int, Person]]") -> None:
        while True:
            try:
                number, person = waiting.get_nowait()
            except queue.Empty:
                return
            self._see_through(number, person)

    def _see_through(self, number: int, person: Person) -> None:
        browser = Browser(self._plan.ports[number % len(self._plan.ports)], patience=self._plan.patience)
        try:
            self._take_part(person, browser)
        except Exception as error:  # one person's trouble must not end the others' run
            self.seen.errors.append(f"{person.login}: {error!r}")
        finally:
            browser.close()

    def _take_part(self, person: Person, browser: Browser) -> None:
        journey, dice, responses = self._journey(browser), random.Random(person.login), Responses()
        with self._timed("entry", browser):
            journey.enter(person, self._plan.way)
        with self._timed("start", browser):
            journey.start()
        revision = journey.revision
        for turn in range(self._plan.saves):
            if self._plan.pause:
                time.sleep(self._plan.pause * dice.uniform(0.5, 1.5))
            responses[str(turn % journey.items + 1)] = [dice.randrange(4)]
            revision += 1
            with self._timed("save", browser):
                journey.save(revision, responses)
            self._last_saved = time.perf_counter()
        # Before the hand-in, whose form carries the whole sheet again and would heal what was lost.
        self._hold_against(journey, Sheet(revision, responses, False))
        with self._timed("hand_in", browser):
            result = journey.submit(revision + 1, responses)
        with self._timed("result", browser):
            journey.see(result)
        self._hold_against(journey, Sheet(revision + 1, responses, True))
        with self._mutex:
            self.seen.finished += 1

    def _journey(self, browser: Browser) -> Journey:
        if self._plan.system == "zhisai":
            return Zhisai(browser, self._plan.slug)
        return Usual(browser) if self._plan.system == "usual" else Floor(browser)

    @contextmanager
    def _timed(self, step: str, browser: Browser) -> Iterator[None]:
        began, waits = time.perf_counter(), browser.waits
        try:
            yield
        finally:
            if browser.waits > waits:
                with self._mutex:
                    self.seen.waits = dict(Counter(self.seen.waits) + Counter({step: browser.waits - waits}))
        self.seen.steps[step].append((time.perf_counter() - began) * 1000)

    def _hold_against(self, journey: Journey, sheet: Sheet) -> None:
        if self._judge.sheet(journey.attempt_id) != sheet:
            with self._mutex:
                self.seen.lost += 1


if __name__ == "__main__":
    json.dump(asdict(carry_out(Plan(**json.load(sys.stdin)))), sys.stdout)
