"""The answer sheet: all responses of one attempt, travelling whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_ITEMS = 500
MOST_OPTIONS = 26


class MalformedSheet(ValueError):
    """What arrived is not an answer sheet."""


@dataclass(frozen=True)
class AnswerSheet:
    """`responses`: item number (from 1) to the places chosen, as shown, ascending; `marked`: items to come back to."""

    responses: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    marked: frozenset[int] = frozenset()

    @property
    def answered(self) -> int:
        return sum(1 for chosen in self.responses.values() if chosen)

    def as_json(self) -> dict[str, Any]:
        """The one spelling of this sheet: equal sheets give equal JSON, so that a fingerprint can be recomputed."""
        responses = {str(number): list(self.responses[number]) for number in sorted(self.responses)}
        return {"responses": responses, "marked": sorted(self.marked)}

    @classmethod
    def from_json(cls, value: Any) -> "AnswerSheet":
        """Read what a browser sent. Raises MalformedSheet for anything but small whole numbers in their places."""
        try:
            if len(value.get("responses") or ()) > MOST_ITEMS or len(value.get("marked") or ()) > MOST_ITEMS:
                raise ValueError("more than any paper holds")
            responses = {_number(n): _chosen(c) for n, c in dict(value.get("responses") or {}).items()}
            marked = frozenset(_number(n) for n in value.get("marked") or ())
        except (TypeError, ValueError, AttributeError) as error:
            raise MalformedSheet from error
        return cls({number: chosen for number, chosen in responses.items() if chosen}, marked)


def _number(value: Any) -> int:
    number = int(value) if isinstance(value, str) and len(value) < 4 and value.isascii() else value
    if type(number) is not int or not 1 <= number <= MOST_ITEMS:
        raise ValueError(value)
    return number


def _chosen(value: Any) -> tuple[int, ...]:
    if type(value) is list and len(value) == 1 and type(place := value[0]) is int and 0 <= place < MOST_OPTIONS:
        return (place,)  # nearly every response
    if not isinstance(value, list) or len(value) > MOST_OPTIONS:
        raise ValueError(value)
    if any(type(place) is not int or not 0 <= place < MOST_OPTIONS for place in value):
        raise ValueError(value)
    return tuple(sorted(set(value)))
