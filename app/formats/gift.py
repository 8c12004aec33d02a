"""A bank in GIFT, Moodle's text form: stems followed by answers in braces, right ones after =, wrong ones after ~."""

import re
from collections.abc import Callable

from app.formats import html_text
from app.formats.bank_draft import draft_question, tell_duplicates
from app.formats.bank_key import read_truth
from app.formats.bank_pieces import BLANK, Pieces, kind_named, split_number
from app.formats.bank_text import MOST_QUESTIONS
from app.formats.gift_answers import Choice, choices, is_matching
from app.formats.gift_blocks import Block, blocks, protected, revealed
from app.formats.loose_html import plain_if_markup, tell_images
from app.formats.problem import Problem, Reading, ReadQuestion
from app.rules.question import QuestionKind, letter, tidy

_GROUP = re.compile(r"\{([^{}]*)\}")
_MARKING = re.compile(r"\s*(?:[=~#]|(?:T|F|TRUE|FALSE)\s*(?:#[^{}]*)?$)", re.IGNORECASE)
# blanks of the line only, and no way back: a text of forty thousand empty lines took half a minute
_TITLED = re.compile(r"^[^\S\n]*+::(?:(?!::).){0,300}+::[^{}]{0,2000}+\{", re.MULTILINE)
_OTHER_KEYS = re.compile(r"^[^\S\n]*+(?:【?(?:正确|参考|标准)?答案】?|ANSWER)\s*[:：]", re.MULTILINE)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_TITLE_NUMBER = re.compile(r"(?:第\s*|[QqNn](?:o\.)?\s*)?(\d{1,5})(?:\s*题)?")
# a line that was wrapped between Latin letters is one line; between Han characters the break was meant
_WRAP = re.compile(r"(?<=[\x21-\x7e])[ \t]*\n[ \t]*(?=[\x21-\x7e])")
_JUNK_BEHIND = " \t\n\"';,"
_TOLD_TAGS = {"依据": "source", "难度": "difficulty"}
_MOST_SKIPPED = 20
_RECOGNISED = "这是GIFT格式（Moodle）的题库：=后是正确选项，~后是错误选项，####后是解析，$CATEGORY是知识点"


def looks_like_gift(text: str) -> bool:
    """Whether the text holds answers in braces, and no more lines 答案：… than such answers."""
    beginning = protected(text[:200_000])
    marked = sum(_MARKING.match(inner) is not None for inner in _GROUP.findall(beginning))
    if not marked and not _TITLED.search(beginning):
        return False
    return len(_OTHER_KEYS.findall(beginning)) < max(marked, 1)


def read_gift(text: str) -> Reading:
    """The questions of a GIFT text with a verdict for each; row numbers are line numbers. Never raises."""
    questions: list[ReadQuestion] = []
    skipped: list[str] = []
    for block in blocks(text):
        if len(questions) == MOST_QUESTIONS:
            message = f"超过{MOST_QUESTIONS}题，一次最多{MOST_QUESTIONS}题。请分成几个文件"
            return Reading(problems=(Problem(None, None, "error", message),))
        if "{" in block.text or "}" in block.text:
            questions.append(draft_question(_Question(block).pieces()))
        else:
            words = tidy(revealed(block.text)).replace("\n", " ")
            skipped.append(f"第{block.row}行“{words[:30]}”没有花括号里的答案，当作说明，没有读取")
    if len(skipped) > _MOST_SKIPPED:
        skipped[_MOST_SKIPPED:] = [f"另有{len(skipped) - _MOST_SKIPPED}处说明没有读取，没有一一列出"]
    recognised = (_RECOGNISED,) if questions else ()
    return Reading("", "", tuple(tell_duplicates(questions)), (), recognised, tuple(skipped))


class _Question:
    """One question taken apart."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.format = ""
        self.found = Pieces(row=block.row, topic=block.topic, are_signed=False)
        self.markups: list[str] = []

    def pieces(self) -> Pieces:
        """The pieces, with a note for everything that GIFT can say and a bank cannot."""
        text = self._take_title(self.block.text)
        start, end = text.find("{"), text.rfind("}")
        if start == -1 or end < start or _is_twofold(text[start : end + 1]):
            self._refuse_braces(text)
            return self.found
        text, start, end = self._take_format(text, start, end)
        self._take_answers(text[start + 1 : end])
        self._take_stem(text[:start], text[end + 1 :])
        self._take_tags()
        tell_images(self.found, *self.markups)
        return self.found

    def _take_title(self, text: str) -> str:
        bare = text.lstrip()
        end = bare.find("::", 2)
        if not bare.startswith("::") or end == -1:
            return text
        if number := _TITLE_NUMBER.fullmatch(tidy(revealed(bare[2:end]))):
            self.found.number = number[1]
        return bare[end + 2 :]

    def _take_format(self, text: str, start: int, end: int) -> tuple[str, int, int]:
        found = _FORMAT.match(text)
        if not found or found.end() > start:
            return text, start, end
        self.format = found[1].lower()
        return text[found.end() :], start - found.end(), end - found.end()

    def _take_stem(self, before: str, after: str) -> None:
        """The stem; answers in the middle of a sentence leave a gap there."""
        stem, rest = self._shown(before), self._shown(after.strip(_JUNK_BEHIND))
        if rest:
            gap = "" if self.found.outer_kind is QuestionKind.TRUE_FALSE else BLANK
            stem = f"{stem.rstrip()}{gap}{rest.lstrip()}"
        if not self.found.number and not self.block.text.lstrip().startswith("::"):
            self.found.number, stem = split_number(stem)
        self.found.stem = stem

    def _take_answers(self, inner: str) -> None:
        inner, general, explanation = inner.partition("####")
        told = [self._shown(explanation)] if general else []
        head, _, feedback = inner.partition("#")
        truth = read_truth(revealed(head))
        if not inner.strip():
            self._refuse("问答", "")
        elif inner.lstrip().startswith("#"):
            self._refuse("数值", inner)
        elif truth is not None and "=" not in head and "~" not in head:
            self.found.outer_kind, self.found.places = QuestionKind.TRUE_FALSE, (0,) if truth else (1,)
            told += [self._shown(part) for part in feedback.split("#")]
        else:
            told += self._take_choices(inner)
        self.found.explanation = "\n".join(part for part in told if part)

    def _take_choices(self, inner: str) -> list[str]:
        """Options and key; what was to be said on each option."""
        leftover, found = choices(inner)
        if leftover:
            self.found.note("选项", "error", f"花括号里的“{_short(leftover)}”前面没有=或~，请补上，或删去")
        if found and not any(choice.sign == "~" for choice in found):
            self._refuse("匹配" if is_matching(found) else "填空", inner)
            return []
        self.found.options = [self._shown(choice.text) for choice in found]
        self._take_key(found)
        feedback = [(place, self._shown(choice.feedback)) for place, choice in enumerate(found)]
        return [f"{letter(place)}：{said}" for place, said in feedback if said]

    def _take_key(self, found: list[Choice]) -> None:
        right = [place for place, choice in enumerate(found) if choice.sign == "="]
        weighed = [place for place, choice in enumerate(found) if choice.sign == "~" and choice.weight > 0]
        if not right:
            self.found.outer_kind, right = QuestionKind.MULTIPLE_CHOICE, weighed
        elif len(right) == 1:
            self.found.outer_kind = QuestionKind.SINGLE_CHOICE
        else:
            self.found.outer_kind = QuestionKind.MULTIPLE_CHOICE
            message = "原题有几个=，选中其中任何一个都算对；已按多选题读取，请核对题型和答案"
            self.found.note("答案", "warning", message)
        if weighed and weighed != right:
            letters = "、".join(map(letter, weighed))
            self.found.note("答案", "warning", f"选项{letters}在原题里得部分分，这里按错误选项读取，请核对")
        self.found.places = tuple(right)

    def _take_tags(self) -> None:
        for tag in self.block.tags:
            name, colon, value = tag.partition(":")
            if colon and name in _TOLD_TAGS:
                setattr(self.found, _TOLD_TAGS[name], value)
            elif colon and name == "题型" and self.found.places is not None:
                self.found.outer_kind = kind_named(value) or self.found.outer_kind

    def _refuse(self, word: str, inner: str) -> None:
        """A kind that no machine can mark here."""
        self.found.not_offered, self.found.key = word, _short(inner)

    def _refuse_braces(self, text: str) -> None:
        self.found.stem = self._shown(text)
        message = "花括号没有成对，或一道题里有两处，请改正；题目文字里的花括号要写成\\{和\\}"
        self.found.note("选项", "error", message)
        self.found.places = ()

    def _shown(self, text: str) -> str:
        """The text as a candidate sees it, by the format that it names itself or the question named."""
        found = _FORMAT.match(text)
        said = revealed(_WRAP.sub(" ", (text[found.end() :] if found else text).strip()))
        self.markups.append(said)
        return tidy(_READERS[found[1].lower() if found else self.format](said))


def _is_twofold(text: str) -> bool:
    """Whether a second pair of braces follows the first: {…} … {…}."""
    return text.find("{", text.find("}")) != -1


def _short(text: str) -> str:
    line = " ".join(revealed(text).split())
    return line if len(line) <= 30 else line[:30] + "…"


def _of_markdown(text: str) -> str:
    return plain_if_markup(re.sub(r"\*\*(?=\S)([^*\n]{1,500})\*\*", r"\1", text))


def _as_written(text: str) -> str:
    return text


_READERS: dict[str, Callable[[str], str]] = {
    "": plain_if_markup,
    "moodle": plain_if_markup,
    "html": html_text.plain,
    "plain": _as_written,
    "markdown": _of_markdown,
}
