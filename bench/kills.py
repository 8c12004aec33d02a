"""Kill the server (kill -9) while people answer, start it again, and count what was lost.

A killed process loses what it had not handed to the operating system. What a power cut loses besides: bench/power.py.
"""

import http.client
import queue
import random
import threading
import time
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from tqdm import tqdm

from bench import cast, stored
from bench.browser import Browser, Unexpected
from bench.databases import NAMES, Database, database
from bench.installation import Installation, furnish
from bench.journeys import Zhisai
from bench.ledger import LOST, WRONG, Account, Fault, faults
from bench.printing import Outcome
from bench.served import Served
from bench.stored import Responses

ITEMS = 20
POOL = 60
LEAST_SAVES, MOST_SAVES = 3, 40
CUT = 0.03  # one save in so many loses its connection before the answer comes
LEAST_LOAD, MOST_LOAD = 20, 150  # acknowledged saves between the server's coming back and the next kill
LONGEST_LOAD = 20.0
PATIENCE = 60.0
PEOPLE_A_ROUND = 20


class Kill(StrEnum):
    """What is ended, and when."""

    EVERYTHING = "强杀全部进程"
    WORKERS = "强杀工作进程"
    HAND_IN = "交卷时重启"


class Site:
    """What all candidates share: where the server is, whether it is there, and whether the drill goes on."""

    def __init__(self, made: Installation, server: Served, seed: str, *, most_saves: int = MOST_SAVES) -> None:
        self.slug, self.port, self.seed, self.most_saves = made.slug, server.port, seed, most_saves
        self.is_up, self.is_over, self.may_hand_in = threading.Event(), threading.Event(), threading.Event()
        self.is_up.set()
        self.may_hand_in.set()
        self.accounts = [Account(person) for person in made.people]
        self.waiting: queue.SimpleQueue[Account] = queue.SimpleQueue()
        for account in self.accounts:
            self.waiting.put(account)

    @property
    def saves(self) -> int:
        """How many saves have been acknowledged so far."""
        return sum(account.saves for account in self.accounts)


class Candidate(threading.Thread):
    """One client after another: enters, answers, hands in; when the server is gone, waits and comes back."""

    def __init__(self, site: Site, number: int) -> None:
        super().__init__(name=f"candidate {number}", daemon=True)
        self._site, self._dice = site, random.Random(f"{site.seed}/{number}")
        self.is_parked, self.is_ready = threading.Event(), threading.Event()
        self.cuts = self.turned_away = self.crashes = 0
        self.faults: list[Fault] = []

    def run(self) -> None:
        while not self._site.is_over.is_set() and not self.faults:
            try:
                account = self._site.waiting.get_nowait()
            except queue.Empty:
                break
            self._see_through(account)
        self.is_ready.set()
        self.is_parked.set()

    def _see_through(self, account: Account) -> None:
        browser = Browser(self._site.port)
        journey = Zhisai(browser, self._site.slug)
        target = self._dice.randint(min(LEAST_SAVES, self._site.most_saves), self._site.most_saves)
        while not account.is_handed_in and not self.faults:
            try:
                self._answer(account, journey, target)
            except (OSError, http.client.HTTPException) as error:
                if self._site.is_up.is_set():
                    self._fail(account, f"the server was up and did not answer: {error!r}")
                self._wait()
            except Exception as error:  # a wrong answer of the server, or a fault of this program: the drill has failed
                self._take(account, error)
            browser.close()

    def _take(self, account: Account, error: Exception) -> None:
        status = error.status if isinstance(error, Unexpected) else 0
        if status == 503:
            self.turned_away += 1
            time.sleep(self._dice.uniform(0.05, 0.3))
            return
        self.crashes += status == 500
        self._fail(account, repr(error))

    def _fail(self, account: Account, what: str) -> None:
        self.faults.append(Fault(WRONG, f"{account.person.login}: {what}"))

    def _answer(self, account: Account, journey: Zhisai, target: int) -> None:
        """From the start, or from wherever the last connection broke, to the receipt."""
        if not account.has_entered:
            journey.enter(account.person, "name")
            account.has_entered = True
        if not account.attempt_id:
            journey.open_rules()
            journey.start()
            account.attempt_id = journey.attempt_id
        elif not journey.reopen():
            account.is_handed_in = True  # the answer to the hand-in was lost, not the hand-in
            return
        responses = account.sent.get(journey.revision, {})
        while account.saves < target and not self._site.is_over.is_set():
            responses = responses | {str(self._dice.randint(1, ITEMS)): [self._dice.randrange(4)]}
            self._save(account, journey, responses)
        self.is_ready.set()
        self._site.may_hand_in.wait(PATIENCE)
        self.is_ready.clear()
        journey.hand_in(account.note(responses), responses)
        account.acknowledged, account.is_handed_in = max(account.sent), True

    def _save(self, account: Account, journey: Zhisai, responses: Responses) -> None:
        revision = account.note(responses)
        if self._dice.random() < CUT:
            journey.save_and_leave(revision, responses)
            self.cuts += 1
            return
        journey.save(revision, responses)
        account.acknowledged, account.saves = revision, account.saves + 1

    def _wait(self) -> None:
        self.is_parked.set()
        self._site.is_up.wait(PATIENCE)
        self.is_parked.clear()


class Drill:
    """So many kills of one kind, each under load, each followed by an account of what is there."""

    def __init__(self, kill: Kill, made: Installation, server: Served, database: Database, seed: str) -> None:
        self._kill, self._made, self._server, self._database = kill, made, server, database
        self._dice, self._settled = random.Random(seed), set[str]()
        self.site = Site(made, server, seed, most_saves=2 if kill is Kill.HAND_IN else MOST_SAVES)
        self.restarts: list[float] = []

    def run(self, rounds: int, at_once: int, outcome: Outcome) -> None:
        """Bounded: a minute for whatever does not come back."""
        candidates = [Candidate(self.site, number) for number in range(at_once)]
        for candidate in candidates:
            candidate.start()
        for number in tqdm(range(1, rounds + 1), unit="次", leave=False, disable=None, desc=outcome.name):
            if self._kill is Kill.HAND_IN:
                self._wait_for_hand_ins(candidates)
            else:
                self._wait_for_load(self._dice.randint(LEAST_LOAD, MOST_LOAD))
            self._strike(candidates, number, outcome)
            outcome.rounds = number
            if outcome.faults:
                break
        self._wait_for_load(LEAST_LOAD)
        self.site.is_over.set()
        for candidate in candidates:
            candidate.join(PATIENCE)
        self._settle(candidates, outcome)

    def _wait_for_load(self, saves: int) -> None:
        """Until so many more saves are acknowledged; a drill with nobody at work would show nothing."""
        wanted, latest = self.site.saves + saves, time.monotonic() + LONGEST_LOAD
        while self.site.saves < wanted and time.monotonic() < latest:
            time.sleep(0.005)

    def _wait_for_hand_ins(self, candidates: list[Candidate]) -> None:
        """Until all are ready to hand in; then let them, and go on in the middle of it."""
        self.site.may_hand_in.clear()
        latest = time.monotonic() + LONGEST_LOAD
        while not all(candidate.is_ready.is_set() for candidate in candidates) and time.monotonic() < latest:
            time.sleep(0.005)
        self.site.is_up.clear()
        self.site.may_hand_in.set()
        time.sleep(self._dice.uniform(0, 0.1))

    def _strike(self, candidates: list[Candidate], number: int, outcome: Outcome) -> None:
        self.site.is_up.clear()  # nobody looks at it before a connection breaks: the load goes on until the kill
        if self._kill is Kill.WORKERS:
            killed = self._server.kill_workers()
            outcome.add(f"after kill {number}", self._held())  # before others come and write again what was lost
            self.restarts.append(self._server.wait_for_others(killed))
        else:
            self._end(number)
            if not all(candidate.is_parked.wait(PATIENCE) for candidate in candidates):
                outcome.faults.append(Fault(WRONG, "a client did not notice that the server was gone"))
            self._database.start()
            self.restarts.append(self._server.start())
            outcome.add(f"after kill {number}", self._held())
        self.site.is_up.set()

    def _end(self, number: int) -> None:
        if self._kill is Kill.HAND_IN and number % 2:
            self._server.stop()
            return
        self._server.kill()
        self._database.kill()

    def _held(self) -> Iterable[Fault]:
        """What is not there of those whose last word is not known to be stored yet."""
        begun = [a for a in self.site.accounts if a.has_entered and a.person.login not in self._settled]
        over = {account.person.login for account in begun if account.is_handed_in}
        with stored.connected(self._made.url) as connection:
            found = faults(connection, begun)
        self._settled |= over
        return found

    def _settle(self, candidates: list[Candidate], outcome: Outcome) -> None:
        """The last account: everybody who started has handed in, and nothing is missing or there twice."""
        begun = [account for account in self.site.accounts if account.attempt_id]
        handed_in, cuts = sum(a.is_handed_in for a in begun), sum(c.cuts for c in candidates)
        outcome.acknowledged = self.site.saves
        outcome.turned_away = sum(candidate.turned_away for candidate in candidates)
        outcome.crashes = sum(candidate.crashes for candidate in candidates)
        outcome.faults += [fault for candidate in candidates for fault in candidate.faults]
        outcome.faults += [Fault(LOST, f"{a.person.login}: never handed in") for a in begun if not a.is_handed_in]
        self._settled.clear()
        outcome.add("at the end", self._held())
        outcome.figures |= {"attempts": len(begun), "handed_in": handed_in, "cuts": cuts}
        slowest = max(self.restarts, default=0)
        outcome.notes.append(f"答卷 {len(begun)} 份，掐断连接 {cuts} 次，恢复应答最慢 {slowest:.1f} 秒")


def drill(kill: Kill, backend: str, folder: Path, rounds: int, *, seed: str, at_once: int = 8) -> Outcome:
    """Kill and restart so many times under load."""
    outcome = Outcome(f"{kill}（{NAMES[backend]}）")
    with database(backend) as where:
        people = cast.people(PEOPLE_A_ROUND * (rounds + 2))
        made = furnish(folder, people, items=ITEMS, pool=POOL, database_url=where.url)
        with made.serve() as server:
            Drill(kill, made, server, where, seed).run(rounds, at_once, outcome)
    return outcome
