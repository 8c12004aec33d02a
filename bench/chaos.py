"""`python -m bench.chaos`: kill the server (kill -9) while people answer, start it again, and count what was lost.

A killed process loses what it had not handed to the operating system; a power cut, which also loses what the system
had not written, is not what this shows.
"""

import argparse
import http.client
import json
import queue
import random
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tqdm import tqdm

from bench import cast, stored
from bench.browser import Browser
from bench.installation import Installation, furnish
from bench.journeys import Zhisai
from bench.ledger import Account, faults
from bench.served import Served
from bench.stored import Responses

ITEMS = 20
POOL = 60
LEAST_SAVES, MOST_SAVES = 3, 40
CUT = 0.03  # one save in so many loses its connection before the answer comes
LEAST_LOAD, MOST_LOAD = 20, 250  # acknowledged saves between the server's coming back and the next kill
LONGEST_LOAD = 20.0
PATIENCE = 60.0
PEOPLE_A_ROUND = 100


@dataclass
class Outcome:
    """What a drill showed. `faults` is empty when nothing acknowledged was lost and nothing happened twice."""

    kills: int = 0
    cuts: int = 0
    saves: int = 0
    attempts: int = 0
    handed_in: int = 0
    restarts: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Site:
    """What all candidates share: where the server is, whether it is there, and whether the drill goes on."""

    def __init__(self, made: Installation, server: Served, seed: str) -> None:
        self.slug, self.port, self.seed = made.slug, server.port, seed
        self.is_up, self.is_over = threading.Event(), threading.Event()
        self.is_up.set()
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
        self.is_parked = threading.Event()
        self.cuts, self.faults = 0, list[str]()

    def run(self) -> None:
        while not self._site.is_over.is_set() and not self.faults:
            try:
                account = self._site.waiting.get_nowait()
            except queue.Empty:
                break
            self._see_through(account)
        self.is_parked.set()

    def _see_through(self, account: Account) -> None:
        browser = Browser(self._site.port)
        journey = Zhisai(browser, self._site.slug)
        target = self._dice.randint(LEAST_SAVES, MOST_SAVES)
        while not account.is_handed_in and not self.faults:
            try:
                self._answer(account, journey, target)
            except (OSError, http.client.HTTPException) as error:
                if self._site.is_up.is_set():
                    self.faults.append(f"{account.person.login}: the server was up and did not answer: {error!r}")
                self._wait()
            except Exception as error:  # a wrong answer of the server, or a fault of this program: the drill has failed
                self.faults.append(f"{account.person.login}: {error!r}")
            browser.close()

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


def drill(folder: Path, rounds: int, *, seed: str, at_once: int = 8) -> Outcome:
    """Kill and restart the server so many times under load. Bounded: a minute for whatever does not come back."""
    made = furnish(folder, cast.people(PEOPLE_A_ROUND * (rounds + 1)), items=ITEMS, pool=POOL)
    outcome, dice = Outcome(), random.Random(seed)
    with made.serve() as server:
        site = Site(made, server, seed)
        candidates = [Candidate(site, number) for number in range(at_once)]
        for candidate in candidates:
            candidate.start()
        for number in tqdm(range(1, rounds + 1), unit="次", leave=False, disable=None):
            _wait_for_load(site, dice.randint(LEAST_LOAD, MOST_LOAD))
            _kill_and_restart(made, server, site, candidates, number, outcome)
            if outcome.faults:
                break
        _wait_for_load(site, LEAST_LOAD)
        site.is_over.set()
        for candidate in candidates:
            candidate.join(PATIENCE)
        _settle(made, site, candidates, outcome)
    return outcome


def _wait_for_load(site: Site, saves: int) -> None:
    """Until so many more saves are acknowledged; a drill with nobody at work would show nothing."""
    wanted, latest = site.saves + saves, time.monotonic() + LONGEST_LOAD
    while site.saves < wanted and time.monotonic() < latest:
        time.sleep(0.005)


def _kill_and_restart(
    made: Installation, server: Served, site: Site, candidates: list[Candidate], number: int, outcome: Outcome
) -> None:
    site.is_up.clear()  # nobody looks at it before a connection breaks: the load goes on until the kill
    server.kill()
    outcome.kills += 1
    if not all(candidate.is_parked.wait(PATIENCE) for candidate in candidates):
        outcome.faults.append("a client did not notice that the server was gone")
    outcome.restarts.append(round(server.start(), 2))
    outcome.faults += [f"after kill {number}: {fault}" for fault in _held(made, site)]
    site.is_up.set()


def _settle(made: Installation, site: Site, candidates: list[Candidate], outcome: Outcome) -> None:
    """The last account: everybody who started has handed in, and nothing is missing or there twice."""
    begun = [account for account in site.accounts if account.attempt_id]
    outcome.attempts, outcome.saves = len(begun), site.saves
    outcome.handed_in = sum(account.is_handed_in for account in begun)
    outcome.cuts = sum(candidate.cuts for candidate in candidates)
    outcome.faults += [fault for candidate in candidates for fault in candidate.faults]
    outcome.faults += [f"{account.person.login}: never handed in" for account in begun if not account.is_handed_in]
    outcome.faults += [f"at the end: {fault}" for fault in _held(made, site)]


def _held(made: Installation, site: Site) -> list[str]:
    connection = stored.reading(made.database)
    try:
        return faults(connection, site.accounts)
    finally:
        connection.close()


def main(arguments: Sequence[str] | None = None) -> int:
    about = "作答过程中反复强杀并重启服务器，清点有没有丢失。"
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=about)
    parser.add_argument("--rounds", type=int, default=20, help="强杀几次（默认 20）")
    parser.add_argument("--at-once", type=int, default=8, help="同时多少人作答（默认 8）")
    parser.add_argument("--seed", default="", help="随机数种子，重演同一串强杀时刻；不给则每次不同")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    options = parser.parse_args(arguments)
    if min(options.rounds, options.at_once) < 1:
        parser.error("次数和人数都至少为 1。")
    seed = options.seed or secrets.token_hex(4)
    with tempfile.TemporaryDirectory(prefix="zhisai-chaos-") as folder:
        outcome = drill(Path(folder), options.rounds, seed=seed, at_once=options.at_once)
    as_json = json.dumps({"seed": seed} | asdict(outcome), ensure_ascii=False, indent=2)
    print(as_json if options.json else _told(outcome, seed))
    return 1 if outcome.faults else 0


def _told(outcome: Outcome, seed: str) -> str:
    slowest = max(outcome.restarts, default=0)
    lines = [
        f"强杀并重启 {outcome.kills} 次（种子 {seed}），恢复应答最慢用了 {slowest} 秒；"
        f"另掐断保存的连接 {outcome.cuts} 次。",
        f"{outcome.attempts} 份答卷，确认过的保存 {outcome.saves} 次，交卷 {outcome.handed_in} 份。",
        f"丢失、重复、错分：{len(outcome.faults)} 处。",
    ]
    return "\n".join(lines + [f"  ! {fault}" for fault in outcome.faults[:20]])


if __name__ == "__main__":
    sys.exit(main())
