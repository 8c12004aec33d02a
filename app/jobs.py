"""What happens without anybody asking: papers are handed in when their time is over."""

import logging
import threading

from flask import Flask

from app.clock import Clock
from app.database import Unavailable, db
from app.extensions import utc_now
from app.operations.attempts import hand_in_overdue
from app.queries.attempts import answering
from app.rules.causes import cause, place

log = logging.getLogger("zhisai")
EVERY_SECONDS = 2.0


class Sweeper(threading.Thread):
    """Hands in overdue papers every few seconds, as long as the process lives.

    Nothing depends on it for correctness: whoever looks at an overdue paper closes it too. It rests while the
    machine's clock is jumping, because a hand-in cannot be taken back; nobody wins time by that, since no save is
    accepted after deadline and grace.
    """

    def __init__(self, app: Flask, every: float = EVERY_SECONDS) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._app, self._every, self._stopped = app, every, threading.Event()
        self._clock: Clock = app.extensions["clock"]

    def run(self) -> None:
        self._settle(at_start=True)
        while not self._stopped.wait(self._every):
            self.sweep()

    def sweep(self) -> None:
        """One round; an error is logged and the next round tries again."""
        self._settle()
        if not self._clock.is_calm:
            return
        with self._app.app_context():
            try:
                hand_in_overdue(now=utc_now())
            except Unavailable as error:
                log.error("the sweeper could not hand in: %s", cause(error))
            except Exception as error:  # the sweeper must outlive whatever it is
                log.error("the sweeper could not hand in: %s", place(error))
            finally:
                db.session.remove()

    def _settle(self, *, at_start: bool = False) -> None:
        """Take over the machine's time after a jump, once nobody can lose or win by it."""
        self._clock.share()
        if not self._clock.ahead or not (at_start or self._clock.is_calm):
            return
        with self._app.app_context():
            try:
                if not answering(now := utc_now()):
                    hand_in_overdue(now=now)  # what is over by the old time must not begin again by the new one
                    self._clock.accept()
                    log.warning("the machine's time is in use again: nobody was answering")
            except Exception as error:  # without a database nobody is handed in anyway
                log.error("whether somebody is answering could not be asked: %s", place(error))
            finally:
                db.session.remove()

    def stop(self) -> None:
        self._stopped.set()
