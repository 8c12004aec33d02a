"""Receipts: proof of what was stored, which anybody can recompute."""

import hashlib
import json
from datetime import datetime

from app.rules.sheet import AnswerSheet


def number(attempt_id: int, handed_in_on: datetime) -> str:
    """The number that a person quotes on the telephone: the local date of hand-in and the attempt's own number."""
    return f"{handed_in_on:%Y-%m%d}-{attempt_id:06d}"


def fingerprint(paper: list[list[int]], sheet: AnswerSheet) -> str:
    """32 hexadecimal digits over the paper and the stored responses; marks to come back to are left out."""
    stored = json.dumps([paper, sheet.as_json()["responses"]], separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(stored.encode()).hexdigest()[:32].upper()
