"""The paper as HTML, pressed from moulds: the template speaks once for an item of a pool, not once a candidate.

A mould is what the macros of components/item.html say of an item, with signs in the places where papers differ: number,
letter, place, tick. The signs are noncharacters of Unicode, which stand in no text.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import get_template_attribute
from markupsafe import Markup

from app.database import kept
from app.queries.papers import Option, PlacedItem, PlacedSection
from app.queries.pools import Item, Pool
from app.rules.question import letter

_INDEX, _BUBBLE, _VALUE, _CHECKED, _LETTER = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"


@dataclass(frozen=True)
class PressedSection:
    """A part of the paper as the page shows it; points in hundredths."""

    title: str
    kind: str
    count: int
    points: int
    answered: int
    indexes: tuple[int, ...]
    html: Markup
    cells: Markup


def pressed(contest_id: int, pool: Pool, sections: tuple[PlacedSection, ...]) -> list[PressedSection]:
    """The sections of a paper with what has been chosen and marked so far."""
    moulds = _moulds(contest_id, pool)
    cell = _Cells(_macro("cell"))
    return [
        PressedSection(
            section.title,
            pool.items[section.items[0].place].kind,
            section.count,
            section.points,
            sum(1 for item in section.items if item.chosen),
            tuple(item.index for item in section.items),
            Markup("".join(moulds[item.place].press(item) for item in section.items)),
            Markup("".join(cell.press(item) for item in section.items)),
        )
        for section in sections
    ]


@dataclass(frozen=True)
class _Mould:
    """One item: its head plain and marked, each of its options, its end, and what its bubbles hold."""

    heads: tuple[str, str]
    options: tuple[str, ...]
    end: str
    bubbles: tuple[str, ...]

    def press(self, item: PlacedItem) -> str:
        parts = [self.heads[item.marked]]
        for at, place in enumerate(item.order):
            checked = " checked" if at in item.chosen else ""
            option = self.options[place].replace(_VALUE, str(at)).replace(_BUBBLE, self.bubbles[at])
            parts.append(option.replace(_CHECKED, checked).replace(_LETTER, letter(at)))
        parts.append(self.end)
        return "".join(parts).replace(_INDEX, str(item.index))


class _Cells:
    """The squares of the answer card."""

    def __init__(self, macro: Callable[..., str]) -> None:
        self._kinds = {(has, flag): str(macro(_INDEX, has, flag)) for has in (False, True) for flag in (False, True)}

    def press(self, item: PlacedItem) -> str:
        return self._kinds[bool(item.chosen), item.marked].replace(_INDEX, str(item.index))


def _moulds(contest_id: int, pool: Pool) -> list[_Mould]:
    known = kept("moulds")
    if (contest_id, pool.version) not in known:
        known[contest_id, pool.version] = [_mould(item) for item in pool.items]
    moulds: list[_Mould] = known[contest_id, pool.version]
    return moulds


def _mould(source: Item) -> _Mould:
    head, option, bubble = _macro("answered_head"), _macro("answered_option"), _macro("letter")
    item = {"index": _INDEX, "kind": source.kind, "stem": source.stem, "pictures": source.pictures_of(None)}
    options = [
        {"letter": _LETTER, "text": text, "value": _VALUE, "checked": _CHECKED, "pictures": source.pictures_of(place)}
        for place, text in enumerate(source.options)
    ]
    letters = [Option(letter(at), "", at) for at in range(len(options))]
    return _Mould(
        (str(head(item, False)), str(head(item, True))),
        tuple(str(option(item, each, _BUBBLE)) for each in options),
        str(_macro("answered_end")()),
        tuple(str(bubble(source.kind, each, at)) for at, each in enumerate(letters)),
    )


def _macro(name: str) -> Callable[..., str]:
    macro: Callable[..., str] = get_template_attribute("components/item.html", name)
    return macro
