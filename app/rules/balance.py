"""How a bank is made up: kinds, difficulties, topics, where the keys stand and how long they are."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.rules.lint import key_is_longest
from app.rules.question import HARDEST, TRUE_FALSE_OPTIONS, Draft, QuestionKind, letter
from app.rules.rates import share

NO_TOPIC = "没有写知识点"
NO_DIFFICULTY = "没有写难度"
LEVELS = [f"难度{level}" for level in range(1, HARDEST + 1)]


@dataclass(frozen=True)
class Row:
    """One line of a table: its name and the number of questions of each kind, in the order of `Balance.kinds`."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Part:
    """One value of several, how many questions have it, and what share of them all that is."""

    name: str
    count: int
    rate: Fraction | None


@dataclass(frozen=True)
class Balance:
    """The make-up of a bank. `kinds` are those that it has; a rate is None where there is nothing to count."""

    kinds: tuple[QuestionKind, ...]
    difficulties: tuple[Row, ...]
    topics: tuple[Row, ...]
    single_keys: tuple[Part, ...]
    judged_keys: tuple[Part, ...]
    key_counts: tuple[Part, ...]
    longest: tuple[Part, ...]
    without: tuple[Part, ...]


def balance(drafts: Sequence[Draft]) -> Balance:
    """The make-up of these questions."""
    kinds = tuple(kind for kind in QuestionKind if any(draft.kind is kind for draft in drafts))
    single = [draft for draft in drafts if draft.kind is QuestionKind.SINGLE_CHOICE]
    judged = [draft for draft in drafts if draft.kind is QuestionKind.TRUE_FALSE]
    several = [draft for draft in drafts if draft.kind in (QuestionKind.MULTIPLE_CHOICE, QuestionKind.ANY_NUMBER)]
    return Balance(
        kinds=kinds,
        difficulties=_rows(drafts, kinds, _difficulty, [*LEVELS, NO_DIFFICULTY]),
        topics=_rows(drafts, kinds, _topic, [*sorted({draft.topic for draft in drafts} - {""}), NO_TOPIC]),
        single_keys=_parts([letter(draft.key[0]) for draft in single if draft.key], "ABCD"),
        judged_keys=_parts([TRUE_FALSE_OPTIONS[draft.key[0]] for draft in judged if draft.key], TRUE_FALSE_OPTIONS),
        key_counts=_parts([f"{len(draft.key)}个" for draft in several], ()),
        longest=tuple(_longest(kind, drafts) for kind in kinds if kind is not QuestionKind.TRUE_FALSE),
        without=_without(drafts),
    )


def _difficulty(draft: Draft) -> str:
    return f"难度{draft.difficulty}" if draft.difficulty is not None else NO_DIFFICULTY


def _topic(draft: Draft) -> str:
    return draft.topic or NO_TOPIC


def _rows(
    drafts: Sequence[Draft], kinds: Sequence[QuestionKind], name_of: Callable[[Draft], str], names: Sequence[str]
) -> tuple[Row, ...]:
    counts = Counter((name_of(draft), draft.kind) for draft in drafts)
    rows = [Row(name, tuple(counts[name, kind] for kind in kinds)) for name in names]
    return tuple(row for row in rows if row.total or row.name not in (NO_TOPIC, NO_DIFFICULTY))


def _parts(values: Sequence[str], expected: Sequence[str]) -> tuple[Part, ...]:
    """How often each value stands; the expected ones also when they never do. None at all for no values."""
    counts = Counter(values)
    names = [*expected, *sorted(set(counts) - set(expected))] if values else []
    return tuple(Part(name, counts[name], share(counts[name], len(values))) for name in names)


def _longest(kind: QuestionKind, drafts: Sequence[Draft]) -> Part:
    own = [draft for draft in drafts if draft.kind is kind]
    count = sum(key_is_longest(draft) for draft in own)
    return Part(kind.label, count, share(count, len(own)))


def _without(drafts: Sequence[Draft]) -> tuple[Part, ...]:
    missing = {
        "解析": sum(not draft.explanation for draft in drafts),
        "依据": sum(not draft.source for draft in drafts),
        "知识点": sum(not draft.topic for draft in drafts),
        "难度": sum(draft.difficulty is None for draft in drafts),
    }
    return tuple(Part(name, count, share(count, len(drafts))) for name, count in missing.items())
