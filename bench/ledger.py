"""What clients sent and what the server acknowledged, held against what the database holds."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from bench.cast import Person
from bench.stored import Responses

LOST, DOUBLED, WRONG = "lost", "doubled", "wrong"


@dataclass(frozen=True)
class Fault:
    """Something that the database does not hold as it was acknowledged; `kind` is LOST, DOUBLED or WRONG."""

    kind: str
    what: str

    def __str__(self) -> str:
        return self.what


@dataclass
class Account:
    """One person's side of the story. `sent` keeps every sheet that left, by revision; only its own thread writes."""

    person: Person
    attempt_id: int = 0
    sent: dict[int, Responses] = field(default_factory=dict)
    acknowledged: int = 0
    saves: int = 0
    has_entered: bool = False
    is_handed_in: bool = False

    def note(self, responses: Responses) -> int:
        """Write down a sheet that is about to leave; returns its revision, one that was never used before."""
        revision = max(self.sent, default=0) + 1
        self.sent[revision] = responses
        return revision


_ATTEMPTS = sa.text("""
SELECT attempts.id, attempts.revision, attempts.sheet, attempts.handed_in_at, attempts.score, attempts.answered,
    roster_entries.result, (SELECT count(*) FROM gradings WHERE gradings.attempt_id = attempts.id) AS gradings,
    (SELECT max(score) FROM gradings WHERE gradings.attempt_id = attempts.id) AS graded
FROM attempts
JOIN roster_entries ON roster_entries.id = attempts.roster_entry_id
JOIN users ON users.id = roster_entries.user_id
WHERE users.login = :login
""")


def faults(connection: sa.Connection, accounts: list[Account]) -> list[Fault]:
    """Everything that the database does not hold as it was acknowledged; empty when nothing was lost or doubled.

    May be called while people write: what is acknowledged is looked at first.
    """
    found = [fault for account in accounts for fault in _faults(connection, replace(account))]
    if connection.dialect.name != "sqlite":
        return found
    checks = [line for (line,) in connection.execute(sa.text("PRAGMA integrity_check"))]
    return found if checks == ["ok"] else [*found, *(Fault(WRONG, f"integrity_check: {line}") for line in checks)]


def _faults(connection: sa.Connection, account: Account) -> list[Fault]:
    rows = connection.execute(_ATTEMPTS, {"login": account.person.login}).all()
    found = []
    if len(rows) > 1:
        found.append(Fault(DOUBLED, f"{len(rows)} attempts instead of one"))
    if account.attempt_id and account.attempt_id not in [row.id for row in rows]:
        found.append(Fault(LOST, f"attempt {account.attempt_id} was opened and is not there"))
    for row in rows:
        found += _of_sheet(account, row) + _of_grading(account, row)
    return [Fault(fault.kind, f"{account.person.login}: {fault}") for fault in found]


def _of_sheet(account: Account, row: Any) -> list[Fault]:
    if row.revision < account.acknowledged:
        return [Fault(LOST, f"revision {account.acknowledged} was acknowledged, {row.revision} is stored")]
    sheet = row.sheet if isinstance(row.sheet, dict) else json.loads(row.sheet)
    if sheet["responses"] != account.sent.get(row.revision, {}):
        return [Fault(LOST, f"revision {row.revision} is not stored as it was sent")]
    return []


def _of_grading(account: Account, row: Any) -> list[Fault]:
    if row.handed_in_at is None:
        faults = [Fault(LOST, "the hand-in was acknowledged and is not stored")] if account.is_handed_in else []
        ungraded = not row.gradings and row.result is None
        return faults if ungraded else [*faults, Fault(WRONG, f"{row.gradings} gradings of an open attempt")]
    if row.gradings != 1:
        return [Fault(DOUBLED if row.gradings else LOST, f"graded {row.gradings} times")]
    counted = row.score if row.answered else None
    if row.score == row.graded and row.result == counted:
        return []
    return [Fault(WRONG, f"score {row.score}, grading {row.graded}, result {row.result}")]
