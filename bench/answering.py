"""Somebody answers a paper in the background: one save after another, a light load that must not suffer."""

import http.client
import random
import threading
from collections.abc import Sequence

from bench.browser import Browser, Unexpected
from bench.cast import Person
from bench.journeys import Zhisai
from bench.stored import Responses

PAUSE = 0.25
SAVES = 300
PATIENCE = 60.0


class Answering(threading.Thread):
    """One person after the other enters, saves some hundred times and hands in. `faults` tells what did not go well."""

    def __init__(self, port: int, slug: str, people: Sequence[Person]) -> None:
        super().__init__(daemon=True)
        self._port, self._slug, self._people = port, slug, people
        self._over = threading.Event()
        self.saves, self.faults = 0, list[str]()

    def run(self) -> None:
        for person in self._people:
            if self._over.is_set():
                return
            try:
                self._see_through(person)
            except (OSError, http.client.HTTPException, Unexpected) as error:
                self.faults.append(f"{person.login} could not answer: {error!r}")

    def stop(self) -> None:
        """Let the person at hand finish."""
        self._over.set()
        self.join(PATIENCE)

    def _see_through(self, person: Person) -> None:
        journey, dice = Zhisai(Browser(self._port), self._slug), random.Random(person.login)
        journey.enter(person, "name")
        journey.start()
        responses: Responses = {}
        for revision in range(journey.revision + 1, SAVES):
            responses = responses | {str(dice.randint(1, journey.items)): [dice.randrange(4)]}
            journey.save(revision, responses)
            self.saves += 1
            if self._over.wait(PAUSE):
                break
        journey.hand_in(revision + 1, responses)
