"""What happens without anybody asking: papers are handed in when their time is over."""

import logging
import threading

from flask import Flask

from app.database import db
from app.extensions import utc_now
from app.operations.attempts import hand_in_overdue

log = logging.getLogger("zhisai")
EVERY_SECONDS = 2.0


class Sweeper(threading.Thread):
    """Hands in overdue papers every few seconds, as long as the process lives.

    Nothing depends on it for correctness: whoever looks at an overdue paper closes it too.
    """

    def __init__(self, app: Flask, every: float = EVERY_SECONDS) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._app, self._every, self._stopped = app, every, threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(self._every):
            self.sweep()

    def sweep(self) -> None:
        """One round; an error is logged and the next round tries again."""
        with self._app.app_context():
            try:
                hand_in_overdue(now=utc_now())
            except Exception:  # the sweeper must outlive a locked or full disk
                log.exception("the sweeper could not hand in")
            finally:
                db.session.remove()

    def stop(self) -> None:
        self._stopped.set()
