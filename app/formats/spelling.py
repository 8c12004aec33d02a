"""Ways to write a question so that its reader, who tidies what people write, gets back just what was there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.formats.bank_losses import is_same
from app.rules.question import TRUE_FALSE_OPTIONS, Draft, QuestionKind, letter


@dataclass(frozen=True)
class Spelling:
    """`before` and `after` stand around the stem: a number, a kind, points, which the reader takes away again.

    `shows_letters`: options carry their letters, and a statement to be judged has its two options written out.
    `key_end` follows the key, so that a bracket in the stem that says the same is not taken for the key.
    """

    before: str = ""
    after: str = ""
    shows_letters: bool = False
    key_end: str = ""

    def stem(self, draft: Draft) -> str:
        """The stem as written."""
        return f"{self.before}{draft.stem}{self.after}"

    def options(self, draft: Draft) -> tuple[str, ...]:
        """The options as written in cells; none for a statement to be judged, unless they are to be shown."""
        if self.shows_letters:
            return tuple(f"{letter(place)}. {option}" for place, option in enumerate(draft.options))
        return () if draft.kind is QuestionKind.TRUE_FALSE else draft.options

    def key(self, draft: Draft) -> str:
        """The key as written: letters, or 正确 and 错误."""
        if draft.kind is QuestionKind.TRUE_FALSE and not self.shows_letters:
            return "".join(TRUE_FALSE_OPTIONS[place] for place in draft.key) + self.key_end
        return "".join(map(letter, draft.key)) + self.key_end


PLAIN = Spelling()


def faithful(draft: Draft, number: int, read: Callable[[Spelling], Draft | None]) -> Spelling | None:
    """The plainest spelling that `read` understands as the draft; None when none is understood."""
    return next((way for way in _spellings(draft, number) if is_same(draft, read(way))), None)


def _spellings(draft: Draft, number: int) -> Iterator[Spelling]:
    """From the plain one to the most guarded."""
    kind = f"（{draft.kind.label}）"
    around = [("", ""), (kind, kind), (f"{kind}（1分）", kind)]
    for before, after in [(count + before, after) for before, after in around for count in ("", f"第{number}题：")]:
        for shows_letters in (False, True):
            for key_end in ("", "。"):
                yield Spelling(before, after, shows_letters, key_end)
