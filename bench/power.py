"""A power cut at any write: what SQLite asked of the disk is recorded, then the disk is rebuilt as a cut leaves it.

Whatever was written before the last sync of its file is there. What was written after it may be there or not, in any
order, whole or torn. The product's own operations write; what they had acknowledged by then must be on that disk.
"""

import random
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.database import close, db
from app.extensions import utc_now
from app.operations import attempts, leases, sign_ins
from app.operations.attempts import Saving
from app.queries.contests import by_slug
from app.rules.sheet import AnswerSheet
from bench import cast, stored
from bench.disk import LOG, MAIN, Disk, Event
from bench.installation import Installation, furnish
from bench.ledger import LOST, WRONG, Account, Fault, faults
from bench.printing import Outcome

ITEMS, POOL = 8, 24
PEOPLE, SAVES, AT_ONCE = 12, 40, 6
CUTS_A_RECORDING = 250
# A log is normally emptied every 1000 pages; so few, that a short recording has many of these moments.
LOG_PAGES = 20
SECTOR = 512


@dataclass
class Story:
    """One person's account, and how many events the disk had seen when each part of it was acknowledged."""

    account: Account
    started: tuple[int, int] = (0, 0)  # events, attempt
    saves: list[tuple[int, int]] = field(default_factory=list)  # events, revision
    handed_in: int = 0

    def at(self, cut: int) -> Account:
        """What had been acknowledged when the power went."""
        events, attempt_id = self.started
        acknowledged = [revision for seen, revision in self.saves if seen <= cut]
        return replace(
            self.account,
            attempt_id=attempt_id if 0 < events <= cut else 0,
            acknowledged=max(acknowledged, default=0),
            is_handed_in=0 < self.handed_in <= cut,
        )


def drill(folder: Path, cuts: int, *, seed: str, synchronous: str = "FULL") -> Outcome:
    """Cut the power so many times. Every fault names the recording's cut; under FULL there is none."""
    outcome = Outcome("断电（SQLite）" if synchronous == "FULL" else f"断电（synchronous={synchronous}）")
    dice = random.Random(seed)
    for number in range(0, cuts, CUTS_A_RECORDING):
        made = furnish(folder / f"{number}", cast.people(PEOPLE), items=ITEMS, pool=POOL)
        before = made.database.read_bytes()
        disk, stories = _record(made, synchronous, f"{seed}/{number}")
        outcome.acknowledged += sum(len(story.saves) for story in stories)
        _cut(before, disk.events, stories, min(CUTS_A_RECORDING, cuts - number), dice, outcome)
    return outcome


def _record(made: Installation, synchronous: str, seed: str) -> tuple[Disk, list[Story]]:
    """Let people answer, several at once, on a disk that remembers."""
    disk, stories = Disk(), [Story(Account(person)) for person in made.people]
    with disk.in_place():
        app = create_app(made.settings())

        def settle(connection: sa.PoolProxiedConnection, _record: object) -> None:
            with closing(connection.cursor()) as cursor:
                cursor.execute(f"PRAGMA synchronous = {synchronous}")
                cursor.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")

        with app.app_context():
            sa.event.listen(db.engine, "connect", settle)
            contest = by_slug(made.slug)
            assert contest is not None
            db.session.remove()  # a read that stays open would keep the log from ever being emptied
            # While this connection is open nobody is the last to close, which would empty the log at an odd moment.
            with db.engine.connect():
                lines = [stories[at::AT_ONCE] for at in range(AT_ONCE)]
                threads = [
                    threading.Thread(target=_answer, args=(app, contest.id, line, disk, f"{seed}/{at}"))
                    for at, line in enumerate(lines)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            close(app)
    return disk, stories


def _answer(app: Flask, contest_id: int, line: list[Story], disk: Disk, seed: str) -> None:
    dice = random.Random(seed)
    with app.app_context():
        for story in line:
            _take_part(contest_id, story, disk, dice)
            db.session.remove()


def _take_part(contest_id: int, story: Story, disk: Disk, dice: random.Random) -> None:
    person = story.account.person
    entered = sign_ins.enter(contest_id, person.name, person.tail, origin="here", now=utc_now())
    assert isinstance(entered, sign_ins.SignedIn)
    attempt_id = attempts.start(contest_id, entered.user_id, now=utc_now())
    story.started = len(disk.events), attempt_id
    lease = leases.take_lease(attempt_id, owner=entered.user_id, digest=sign_ins.digest(entered.token), now=utc_now())
    assert lease is not None
    responses: stored.Responses = {}
    for _ in range(dice.randint(1, SAVES)):
        responses = responses | {str(dice.randint(1, ITEMS)): [dice.randrange(4)]}
        revision = story.account.note(responses)
        saving = attempts.save_sheet(
            attempt_id, lease=lease, revision=revision, sheet=AnswerSheet.from_json({"responses": responses}),
            digest=sign_ins.digest(entered.token), now=utc_now(),
        )  # fmt: skip
        assert saving is Saving.SAVED
        story.saves.append((len(disk.events), revision))
    attempts.hand_in(attempt_id, actor=entered.user_id, now=utc_now())
    story.handed_in = len(disk.events)


def _cut(
    before: bytes, events: list[Event], stories: list[Story], cuts: int, dice: random.Random, outcome: Outcome
) -> None:
    disk, done = Platter(before), 0
    with tempfile.TemporaryDirectory(prefix="zhisai-power-") as folder:
        for cut in sorted(dice.randint(1, len(events)) for _ in range(cuts)):
            disk.take(events[done:cut])
            done = cut
            path = Path(folder) / "zhisai.db"
            for file, content in disk.after_a_cut(dice).items():
                (path if file == MAIN else path.with_name("zhisai.db-wal")).write_bytes(content)
            path.with_name("zhisai.db-shm").unlink(missing_ok=True)
            outcome.rounds += 1
            outcome.add(f"cut at write {cut} of {len(events)}", _held(path, [story.at(cut) for story in stories]))


def _held(path: Path, at_the_cut: list[Account]) -> Iterator[Fault]:
    """What is not there, or is there twice, when the machine comes back."""
    module = stored.sqlite()
    engine = sa.create_engine("sqlite://", module=module, creator=lambda: module.connect(path, isolation_level=None))
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield from faults(connection, at_the_cut)
            if connection.execute(sa.text("PRAGMA foreign_key_check")).first() is not None:
                yield Fault(WRONG, "a row without the row it belongs to")
    except sa.exc.DatabaseError as error:
        yield Fault(LOST, f"the database does not open: {error}")
    finally:
        engine.dispose()


class Platter:
    """What certainly lies on the disk, and what is on its way there."""

    def __init__(self, main: bytes) -> None:
        self._certain = {MAIN: bytearray(main), LOG: bytearray()}
        self._under_way: dict[str, list[Event]] = {MAIN: [], LOG: []}

    def take(self, events: list[Event]) -> None:
        """Let these happen with the power on."""
        for event in events:
            under_way = self._under_way[event.file]
            if event.kind != "sync":
                under_way.append(event)
                continue
            for earlier in under_way:
                _apply(self._certain[event.file], earlier)
            under_way.clear()

    def after_a_cut(self, dice: random.Random) -> dict[str, bytes]:
        """The files as they may look if the power goes now: one of many ways, chosen by the dice."""
        # All lost, all kept, or each for itself: the extremes are what a disk does most often.
        kept = dice.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        files = {}
        for file, certain in self._certain.items():
            content, under_way = bytearray(certain), list(self._under_way[file])
            if dice.random() < 0.5:
                dice.shuffle(under_way)
            for event in under_way:
                if dice.random() < kept:
                    _apply(content, event if kept == 1.0 or dice.random() < 0.7 else _torn(event, dice))
            files[file] = bytes(content)
        return files


def _torn(event: Event, dice: random.Random) -> Event:
    """A write of which one end arrived, cut between two sectors or in the middle of one."""
    if event.kind != "write" or len(event.content) < 2:
        return event
    at = dice.randrange(1, len(event.content))
    if len(event.content) > SECTOR and dice.random() < 0.5:
        at = max(SECTOR, at // SECTOR * SECTOR)
    if dice.random() < 0.5:
        return replace(event, content=event.content[:at])
    return replace(event, offset=event.offset + at, content=event.content[at:])


def _apply(content: bytearray, event: Event) -> None:
    if event.kind == "truncate":
        del content[event.offset :]
        return
    end = event.offset + len(event.content)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[event.offset : end] = event.content
