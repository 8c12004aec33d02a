"""What clients sent and what the server acknowledged, held against what the database holds."""

from dataclasses import dataclass, field
from typing import Any

from bench import stored
from bench.cast import Person
from bench.stored import Responses


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


_ATTEMPTS = """
SELECT attempts.id, attempts.handed_in_at, attempts.score, attempts.answered, roster_entries.result,
    (SELECT count(*) FROM gradings WHERE gradings.attempt_id = attempts.id),
    (SELECT max(score) FROM gradings WHERE gradings.attempt_id = attempts.id)
FROM attempts
JOIN roster_entries ON roster_entries.id = attempts.roster_entry_id
JOIN users ON users.id = roster_entries.user_id
WHERE users.login = ?
"""


def faults(connection: Any, accounts: list[Account]) -> list[str]:
    """Everything that the database does not hold as it was acknowledged; empty when nothing was lost or doubled.

    Call while nobody is writing.
    """
    found = [fault for account in accounts for fault in _faults(connection, account)]
    checks = [line for (line,) in connection.execute("PRAGMA integrity_check")]
    return found if checks == ["ok"] else [*found, *(f"integrity_check: {line}" for line in checks)]


def _faults(connection: Any, account: Account) -> list[str]:
    rows = connection.execute(_ATTEMPTS, (account.person.login,)).fetchall()
    found = []
    if len(rows) > 1:
        found.append(f"{len(rows)} attempts instead of one")
    if account.attempt_id and account.attempt_id not in [row[0] for row in rows]:
        found.append(f"attempt {account.attempt_id} was opened and is not there")
    for row in rows:
        found += _of_sheet(connection, account, row[0]) + _of_grading(account, *row[1:])
    return [f"{account.person.login}: {fault}" for fault in found]


def _of_sheet(connection: Any, account: Account, attempt_id: int) -> list[str]:
    sheet = stored.sheet(connection, attempt_id)
    assert sheet is not None
    if sheet.revision < account.acknowledged:
        return [f"revision {account.acknowledged} was acknowledged, {sheet.revision} is stored"]
    if sheet.responses != account.sent.get(sheet.revision, {}):
        return [f"revision {sheet.revision} is not stored as it was sent"]
    return []


def _of_grading(
    account: Account, handed_in_at: int | None, score: int | None, answered: int, result: int | None,
    gradings: int, graded: int | None,
) -> list[str]:  # fmt: skip
    if handed_in_at is None:
        faults = ["the hand-in was acknowledged and is not stored"] if account.is_handed_in else []
        return faults + ([f"{gradings} gradings of an open attempt"] if gradings or result is not None else [])
    if gradings != 1:
        return [f"graded {gradings} times"]
    counted = score if answered else None
    return [] if score == graded and result == counted else [f"score {score}, grading {graded}, result {result}"]
