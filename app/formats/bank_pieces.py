"""The pieces of a question as found in a file, still as written, and their cleaning; text and tables meet here."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from app.formats.bank_key import bare_key, read_truth
from app.rules.question import Level, Picture, QuestionKind, letter, tidy

BLANK = "（　　）"
# what ends a question's number: 2、2018年…… and 2.2018年…… are numbered, 2.5 and 9:00 and 1、2、3号楼 are not
NUMBER_SIGN = r"(?:[、．)）](?!\d{1,3}[、，,.])|\.(?![\d.])|\.(?=(?:19|20)\d\d年)|[:：](?!\d))"

_KIND_WORDS = (
    (QuestionKind.ANY_NUMBER, ("不定项", "不定向")),
    (QuestionKind.MULTIPLE_CHOICE, ("多项选择", "多选", "复选", "multiple")),
    (QuestionKind.SINGLE_CHOICE, ("单项选择", "单选", "single")),
    (QuestionKind.TRUE_FALSE, ("判断", "是非", "对错", "truefalse", "judge")),
    (QuestionKind.FILL_IN, ("填空", "fill")),
)
_NOT_OFFERED = re.compile(r"问答|简答|论述|案例分析|名词解释|材料分析|作文|主观|essay")

_BRACKETED = re.compile(r"[（(【\[]([^（()）【】\[\]]{0,30})[)）】\]]")
_LEADING_NUMBER = re.compile(rf"(?:第\s*(\d{{1,5}})\s*题\s*[.．、:：]?|(\d{{1,5}})\s*{NUMBER_SIGN})\s*")
_LEADING_POINTS = re.compile(r"[（(【\[]\s*(?:本题|每题)?\s*\d+(?:\.\d+)?\s*分\s*[)）】\]]\s*")
_CLOSING_POINTS = re.compile(r"[（(【\[]\s*(?:本题|每题)?\s*\d+(?:\.\d+)?\s*分\s*[)）】\]]\s*$")
_AUTHOR = re.compile(r"【\s*(?:出题|供题|命题)(?:人|单位)?\s*[:：]\s*([^】]{1,60})】\s*$")
_SIGN = re.compile(r"[（(\[【]\s*([A-J])\s*[)）\]】]\s*[.．、:：]?\s*|([A-Ja-j])\s*[.．、:：)）]\s*")
_LETTER_AND_SPACE = re.compile(r"([A-J])\s+")
_LETTERS = re.compile(r"[A-Ja-j](?:[\s,、;]*[A-Ja-j])*")
_TRUTH_BEHIND = re.compile(r"(?<=[。.！!])\s*([√×✓✗✔✘])$")
_MOST_NOTES = 20
_STOPS = " 。.?？!！，,；;"


@dataclass
class Pieces:
    """What a reader found of one question.

    `kind_word` stands in the question itself; `outer_kind` comes from the heading or sheet above it, and so does
    `not_offered`, the word of a kind that no machine can mark. `are_signed`: options may still carry their letters.
    `places` is the key of a file that marks its right options instead of naming them; `key` is then not read.
    """

    row: int
    sheet: str | None = None
    stem: str = ""
    options: list[str] = field(default_factory=list)
    key: str = ""
    kind_word: str = ""
    outer_kind: QuestionKind | None = None
    not_offered: str = ""
    explanation: str = ""
    source: str = ""
    topic: str = ""
    difficulty: str = ""
    number: str = ""
    are_signed: bool = True
    unit: str = "行"
    places: tuple[int, ...] | None = None
    pictures: list[Picture] = field(default_factory=list)
    notes: list[tuple[str, Level, str]] = field(default_factory=list)

    def note(self, column: str, level: Level, message: str) -> None:
        """Keep a problem for the preview; nobody reads more than twenty of one question."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append((column, level, message))


@lru_cache(maxsize=1000)  # a column of ten thousand cells says four words
def kind_named(words: str) -> QuestionKind | None:
    """The kind that a heading, a sheet's name or a cell names, if it names one."""
    plain = unicodedata.normalize("NFKC", words).casefold().replace(" ", "").replace("_", "")
    return next((kind for kind, names in _KIND_WORDS if any(name in plain for name in names)), None)


def kind_not_offered(words: str) -> str:
    """The word for a kind that no machine can mark (问答, 简答 …), empty when there is none."""
    found = _NOT_OFFERED.search(words)
    return found[0] if found else ""


def split_number(stem: str) -> tuple[str, str]:
    """The number written before a stem, if any, and the stem without it."""
    found = _LEADING_NUMBER.match(stem)
    return (found[1] or found[2], stem[found.end() :]) if found else ("", stem)


def clean(pieces: Pieces) -> None:
    """Take out of stem and options what is not theirs, and put it where it belongs."""
    pieces.options = _bare_options(pieces)
    if pieces.places is None:
        pieces.key = bare_key(pieces.key)
    stem = _bare_stem(pieces, tidy(pieces.stem))
    pieces.stem = stem if pieces.places is not None else _without_key(pieces, stem)


def _bare_stem(pieces: Pieces, stem: str) -> str:
    """The stem without the kind, the points and the author's name that some write into it."""
    if (marked := _BRACKETED.match(stem)) and _is_kind_mark(marked[1]):
        pieces.kind_word = pieces.kind_word or marked[1]
        stem = stem[marked.end() :].lstrip(" .．、:：")
    if author := _AUTHOR.search(stem):
        pieces.source = pieces.source or author[1].strip()
        stem = stem[: author.start()].rstrip()
    stem = _CLOSING_POINTS.sub("", _LEADING_POINTS.sub("", stem, count=1) if _LEADING_POINTS.match(stem) else stem)
    stem = stem.rstrip()
    marks = list(_BRACKETED.finditer(stem))
    if marks and marks[-1].end() == len(stem) and _is_kind_mark(marks[-1][1]):
        pieces.kind_word = pieces.kind_word or marks[-1][1]
        stem = stem[: marks[-1].start()]
    return stem.strip()


def _is_kind_mark(words: str) -> bool:
    return len(words.strip()) <= 8 and (kind_named(words) is not None or kind_not_offered(words) != "")


def _without_key(pieces: Pieces, stem: str) -> str:
    """The stem with an empty bracket where the key was written: ……（B）。"""
    brackets = list(_BRACKETED.finditer(stem))
    if pieces.key and any(not found[1].strip() for found in brackets):
        return stem  # the gap is elsewhere, so a letter in brackets belongs to the sentence
    for found in reversed(brackets):
        inside = unicodedata.normalize("NFKC", found[1]).strip()
        is_truth = _is_truth_at_end(pieces, stem, found)
        if not is_truth and not (any(pieces.options) and _LETTERS.fullmatch(inside)):
            continue
        if pieces.key and not _says_the_same(pieces.key, inside):
            continue
        if pieces.key:
            pieces.note("题干", "warning", "题干的括号里写着答案，已去掉，请核对")
        pieces.key = pieces.key or inside
        # a statement to be judged needs no gap
        return (stem[: found.start()] + ("" if is_truth else BLANK) + stem[found.end() :]).strip()
    if not pieces.key and not any(pieces.options) and (sign := _TRUTH_BEHIND.search(stem)):
        pieces.key = sign[1]
        return stem[: sign.start()].rstrip()
    return stem


def _is_truth_at_end(pieces: Pieces, stem: str, found: "re.Match[str]") -> bool:
    stands_last = not stem[found.end() :].strip(_STOPS)
    return stands_last and not any(pieces.options) and read_truth(found[1]) is not None


def _says_the_same(key: str, inside: str) -> bool:
    truth = read_truth(inside)
    if truth is not None and truth == read_truth(key):
        return True
    signs = [re.sub(r"[\s,、;]", "", unicodedata.normalize("NFKC", text)).upper() for text in (key, inside)]
    return signs[0] == signs[1]


def _bare_options(pieces: Pieces) -> list[str]:
    """Options without the letter written before them; the place decides the letter, not the writing."""
    options = [tidy(option) for option in pieces.options]
    if not pieces.are_signed:
        return options  # a letter was written for each of them: one without words is told as empty
    while options and not options[-1]:
        options.pop()
    signs = [_SIGN.match(option) for option in options]
    written = [(sign[1] or sign[2]).upper() if sign else "" for sign in signs]
    own = sum(said == letter(place) for place, said in enumerate(written))
    # “A、B都对” in column C is an option that speaks of others, not one that is signed
    if own and own * 2 >= sum(map(bool, written)):
        for place, sign in enumerate(signs):
            if sign and written[place] != letter(place):
                message = f"选项{letter(place)}里写的字母是{written[place]}，已按位置当作选项{letter(place)}，请核对"
                pieces.note("选项", "warning", message)
            options[place] = options[place][sign.end() :].strip() if sign else options[place]
    elif not own and _all_lettered(options):
        options = [_LETTER_AND_SPACE.sub("", option, count=1).strip() for option in options]
    return options


def _all_lettered(options: list[str]) -> bool:
    filled = [(letter(place), option) for place, option in enumerate(options) if option]
    found = [(own, _LETTER_AND_SPACE.match(option)) for own, option in filled]
    return len(found) > 1 and all(match is not None and match[1] == own for own, match in found)
