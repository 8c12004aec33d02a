"""The message in which a page sends its answer sheet."""

import re
from typing import Any

from app.rules.sheet import AnswerSheet, MalformedSheet

_LEASE = re.compile(r"[0-9a-f]{32}")


def packet(body: Any) -> tuple[str, int, AnswerSheet]:
    """Lease, revision and sheet of a message. Raises MalformedSheet for anything else."""
    if not isinstance(body, dict):
        raise MalformedSheet
    lease, revision = body.get("lease"), body.get("revision")
    if not isinstance(lease, str) or not _LEASE.fullmatch(lease):
        raise MalformedSheet
    if type(revision) is not int or not 0 <= revision < 2**31:
        raise MalformedSheet
    return lease, revision, AnswerSheet.from_json(body)
