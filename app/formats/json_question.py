"""One object of a JSON bank as a question: its fields are known by the names that columns of tables have too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from app.formats.bank_table import meaning_of_title
from app.formats.json_values import Option, bare_name, read_options, shown, written
from app.rules.question import MOST_OPTIONS

# what these names mean in an object, though no table has such a column
_MEANT_HERE = {
    "correct": "key", "answers": "answers", "incorrectanswers": "wrong", "answerlist": "options",
    "solution": "explanation", "explaination": "explanation", "typecode": "kind_word",
    "category": "topic", "chaptername": "topic", "tags": "topic", "knowledge": "topic", "knowledgepoint": "topic",
    "title": "title", "name": "title", "text": "title", "description": "title", "标题": "title", "名称": "title",
}  # fmt: skip
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_JUST_TEXT = 3  # of the depth that `written` goes down to: an object's own text, no list of objects
_CODE = re.compile(r"\d{3,}")


@dataclass
class Fields:
    """The fields of an object by their meaning, as they are; `names` tells what they are called, `unused` the rest."""

    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)

    @property
    def has_stem(self) -> bool:
        """Whether a field is called a stem: a title may be one, or the name of a list."""
        return "stem" in self.values and "title_as_stem" not in self.names

    @property
    def is_question(self) -> bool:
        """Whether there is enough for a question, sound or broken; a title counts as a stem where the rest is there."""
        has_options = len(self.options) > 1 or "options" in self.values
        if self.has_stem:
            return has_options or "key" in self.values
        is_marked = "key" in self.values or any(option.is_right for option in self.options)
        return is_marked and (len(self.options) > 1 or ("stem" in self.values and "kind_word" in self.values))

    def text(self, meaning: str) -> str:
        """The field as text without HTML; codes of a topic or a difficulty say nothing and are empty."""
        said = shown(self.values.get(meaning))
        return "" if meaning in ("topic", "difficulty") and _CODE.fullmatch(said) else said

    @property
    def codes(self) -> dict[str, str]:
        """The fields whose value is a code of the system that it comes from: name and code."""
        said = {meaning: shown(self.values.get(meaning)) for meaning in ("topic", "difficulty")}
        return {self.names[meaning]: code for meaning, code in said.items() if _CODE.fullmatch(code)}


def fields_of(thing: Mapping[str, Any]) -> Fields:
    """What the fields of an object mean; the first of each meaning that is not empty counts."""
    found = Fields()
    for name, value in thing.items():
        meaning = _meaning(name)
        if value in _EMPTY:
            continue
        if meaning is None or meaning in found.values:
            found.unused.append(name)
        else:
            found.values[meaning], found.names[meaning] = value, name
    _settle_stem(found)
    _settle_options(found)
    return found


@lru_cache(maxsize=4096)
def _meaning(name: str) -> str | None:
    bare = bare_name(name)
    if bare.endswith("index") and bare.removesuffix("index") in ("answer", "correct", "correctanswer", "rightanswer"):
        return "key"
    return _MEANT_HERE.get(bare) or meaning_of_title(bare)


def _settle_stem(found: Fields) -> None:
    """A title is the stem of an object that has no other; what is called a stem and holds objects is none."""
    if "stem" in found.values and not written(found.values["stem"], depth=_JUST_TEXT).strip():
        del found.values["stem"], found.names["stem"]
    if "stem" not in found.values and "title" in found.values:
        found.values["stem"], found.names["stem"] = found.values.pop("title"), found.names["title"]
        found.names["title_as_stem"] = found.names.pop("title")


def _settle_options(found: Fields) -> None:
    columns = [found.values.get(f"option{place}") for place in range(MOST_OPTIONS)]
    while columns and columns[-1] in _EMPTY:
        columns.pop()
    if columns:
        found.options = [Option(shown(value), markup=written(value)) for value in columns]
    elif "options" in found.values:
        found.options = read_options(found.values["options"])
    elif "wrong" in found.values and "key" in found.values:
        _settle_wrong(found)
    else:
        _settle_answers(found)
    if "answers" in found.values:
        found.values.setdefault("key", found.values["answers"])
        found.names.setdefault("key", found.names["answers"])


def _settle_wrong(found: Fields) -> None:
    """A right answer and a list of wrong ones; their kind's name says how many are shown, not how many are right."""
    right = Option(shown(found.values["key"]), is_right=True, markup=written(found.values["key"]))
    wrong = [
        Option(option.text, is_right=False, markup=option.markup) for option in read_options(found.values["wrong"])
    ]
    found.options = [right, *wrong]
    found.values.pop("kind_word", None)
    found.values.pop("key")


def _settle_answers(found: Fields) -> None:
    """Options that are called answers: a list of objects, or several texts beside a key."""
    for meaning in ("answers", "key"):
        value = found.values.get(meaning)
        if not isinstance(value, list | dict) or len(value) < 2:
            continue
        offered = read_options(value)
        if any(option.is_right is not None for option in offered) or (meaning == "answers" and "key" in found.values):
            found.options = offered
            found.names["options"] = found.names[meaning]
            del found.values[meaning]
            return
