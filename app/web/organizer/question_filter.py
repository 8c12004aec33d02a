"""Which questions of a bank a page shows, as its address says it."""

from collections.abc import Mapping
from typing import Any

from app.queries.questions import NO_DIFFICULTY, NO_TOPIC, STATES, Wanted
from app.rules.question import HARDEST
from app.web.organizer.banks import GRADED

WITHOUT = "-"  # stands for a question that has no topic, or no difficulty
LONGEST_SEARCH = 100
STATE_WORDS = {"approved": "可用", "pending": "待审", "retired": "停用"}


def wanted(values: Mapping[str, str]) -> Wanted:
    """What an address or a form asks for; what it cannot ask for is any."""
    topic, difficulty, state = (values.get(name, "") for name in ("topic", "difficulty", "state"))
    levels = {str(level): level for level in range(1, HARDEST + 1)} | {WITHOUT: NO_DIFFICULTY}
    return Wanted(
        kind=next((kind for kind in GRADED if kind == values.get("kind")), None),
        topic=NO_TOPIC if topic == WITHOUT else topic or None,
        difficulty=levels.get(difficulty),
        state=state if state in STATES else None,
        search=values.get("search", "").strip()[:LONGEST_SEARCH],
    )


def address(asked: Wanted, page: int = 1) -> dict[str, Any]:
    """The same as the values of an address, without what is any."""
    said = {
        "kind": asked.kind,
        "topic": WITHOUT if asked.topic == NO_TOPIC else asked.topic,
        "difficulty": WITHOUT if asked.difficulty == NO_DIFFICULTY else asked.difficulty,
        "state": asked.state,
        "search": asked.search or None,
        "page": page if page > 1 else None,
    }
    return {name: str(value) for name, value in said.items() if value is not None}
