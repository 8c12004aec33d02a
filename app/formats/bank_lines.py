"""What one line of a bank in text form is: a heading, a field, a row of options, a numbered stem, or plain words."""

import re
from dataclasses import dataclass
from itertools import islice

from app.formats.bank_key import KEY_NAMES
from app.formats.bank_pieces import NUMBER_SIGN, kind_named, kind_not_offered
from app.rules.question import MOST_OPTIONS, QuestionKind, letter

_NAMES = {
    "key": " ".join(KEY_NAMES),
    "explanation": "答案解析 试题解析 参考解析 题目解析 解析 解答 analysis explanation",
    "source": "法律依据 法条依据 参考依据 答案依据 依据 来源 出处",
    "topic": "知识点 考点",
    "difficulty": "难度系数 难易程度 难易度 难度",
    "kind_word": "试题类型 题目类型 题型",
    "ignored": "分值 分数 选项",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}
_ANY = "|".join(sorted(_FIELD_OF, key=len, reverse=True))
_KEY_NAMES = "|".join(KEY_NAMES)

_FIELD = re.compile(
    rf"(?:[【\[(（]\s*(?P<bracketed>{_ANY})\s*[】\])）]\s*[:：]?|(?P<bare>{_ANY})\s*[:：])\s*", re.IGNORECASE
)
_NEXT_FIELD = re.compile(rf"\s*[【\[]\s*({_ANY})\s*[】\]]\s*[:：]?\s*|\s+({_ANY})\s*[:：]\s*", re.IGNORECASE)
_SHORT_KEY = re.compile(rf"(?:{_KEY_NAMES})\s*([A-J]{{1,{MOST_OPTIONS}}}|正确|错误|对|错|√|×)\s*[。.]?", re.IGNORECASE)
_INLINE_KEY = re.compile(rf"\s*[【\[]\s*(?:{_KEY_NAMES})\s*[】\]]|\s+(?:{_KEY_NAMES})\s*[:：]", re.IGNORECASE)

_HALF_WIDTH = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)}
_DECORATION = " \t#*=-—~_"
_HAN = "一二三四五六七八九十"
_ORDINAL = rf"(?:第[{_HAN}\d]+(?:部分|大题|章|节|篇)|[{_HAN}]+|[（(][{_HAN}\d]+[)）]|\d{{1,2}})"
_KIND_TITLE = (
    "(?:单项选择|单选|多项选择|多选|不定项选择|不定项|选择|判断正误|判断对错|判断|是非|填空"
    "|问答|简答|论述|案例分析|名词解释|材料分析)"
)
_HEADING = re.compile(
    rf"(?:{_ORDINAL}\s*[、.．:：]?\s*)?[【\[]?\s*{_KIND_TITLE}(?:试?题)?\s*[】\]]?(?:部分)?"
    r"\s*[:：。]?\s*(?:[（(【\[].{0,80}[)）】\]]|(?:共|每|本大?题|\d).{0,60})?\s*[:：。]?"
)
_CHAPTER = re.compile(
    r"(?:第[一二三四五六七八九十百\d]+(?:部分|章|节|篇|讲|单元)|[一二三四五六七八九十]{1,3}、).{0,60}"
)
_CHAPTER_BEGINS = re.compile(r"[#=*~—_]|-{2}")

_NUMBERED = re.compile(
    r"(?:[（(]\s*(?P<judged>[√×✓✗]|对|错|正确|错误|[A-J]{1,6})\s*[)）]\s*)?"
    r"(?:第\s*(?P<words>\d{1,5})\s*题\s*[.．、:：]?|[（(\[【]\s*(?P<wrapped>\d{1,5})\s*[)）\]】]\s*[.．、]?"
    rf"|(?P<plain>\d{{1,5}})\s*{NUMBER_SIGN})\s*(?P<rest>.*)",
    re.DOTALL,
)
_SPACED_NUMBER = re.compile(r"(\d{1,4})\s+(?=[\u4e00-\u9fff《“\"（(])(.*)", re.DOTALL)

_SIGN = r"(?:[（(\[【]\s*{0}\s*[)）\]】]\s*[.．、:：]?|{0}\s*[.．、:：)）])\s*"
_ANY_SIGN = re.compile(r"(?:[(\[【]\s*(?P<wrapped>[A-J])\s*[)\]】]\s*[.、:]?|(?P<plain>[A-Ja-j])\s*[.、:)])\s*")
_INLINE_A = re.compile(r"(?<=[\s）)。？?])" + _SIGN.format("[AＡ]"))
_TRIED = 3
_SPACED_SIGN = re.compile(r"([A-J])\s+(?=\S)")
_GLUED_SIGN = re.compile(r"([A-J])(?=[\u4e00-\u9fff《“])")


_FAR_AWAY = 1_000_000_000


@dataclass(frozen=True)
class Heading:
    """A line above questions: the kind that it names, or the word of a kind that is not offered, or neither."""

    words: str
    kind: QuestionKind | None
    not_offered: str
    names_kind: bool


@dataclass(frozen=True)
class Numbered:
    """A line that begins with a number: `style` tells (1) from 1., `judged` is a key written before the number."""

    number: int
    style: str
    rest: str
    judged: str


def heading(line: str) -> Heading | None:
    """The line as a heading that names a kind: 一、单项选择题（每题2分）."""
    bare = line.strip(_DECORATION)
    if len(bare) > 120 or not _HEADING.fullmatch(bare):
        return None
    if re.match(r"\d", bare) and "题" not in bare:
        return None
    kind = kind_named(bare)
    return Heading(bare, kind, "" if kind else kind_not_offered(bare), names_kind=True)


def announced(words: str) -> Heading:
    """A kind written as a field before its question: 题型：单选."""
    kind = kind_named(words)
    return Heading(words, kind, "" if kind else kind_not_offered(words), names_kind=True)


def chapter(line: str) -> Heading | None:
    """The line as a heading that names no kind: --- 党章 ---, 第二章 总则, 三、党史."""
    bare = line.strip(_DECORATION)
    if bare and (_CHAPTER_BEGINS.match(line) or _CHAPTER.fullmatch(bare)) and not bare.endswith(("。", "？", "?")):
        return Heading(bare, None, "", names_kind=False)
    return None


def fields(line: str) -> list[tuple[str, str]]:
    """The fields that a line holds, in order: 答案：B 解析：…… gives key and explanation; empty when it is none."""
    if short := _SHORT_KEY.fullmatch(line):
        return [("key", short[1])]
    first = _FIELD.match(line)
    if not first:
        return []
    found = []
    name, start = first["bracketed"] or first["bare"], first.end()
    for following in _NEXT_FIELD.finditer(line, start):
        found.append((_FIELD_OF[name.lower()], line[start : following.start()].strip()))
        name, start = following[1] or following[2], following.end()
    found.append((_FIELD_OF[name.lower()], line[start:].strip()))
    return found


def split_inline_key(line: str) -> tuple[str, str]:
    """The line without the key that follows on it, and the rest beginning with 答案."""
    found = _INLINE_KEY.search(line)
    return (line[: found.start()].rstrip(), line[found.start() :].strip()) if found and found.start() else (line, "")


def numbered(line: str) -> Numbered | None:
    """The line as the beginning of a numbered question."""
    found = _NUMBERED.fullmatch(line)
    if found:
        style = "wrapped" if found["wrapped"] else "plain"
        digits = found["words"] or found["wrapped"] or found["plain"]
        return Numbered(int(digits), style, found["rest"].strip(), found["judged"] or "")
    spaced = _SPACED_NUMBER.fullmatch(line)
    return Numbered(int(spaced[1]), "spaced", spaced[2].strip(), "") if spaced else None


def option_letter(line: str, expected: int) -> int | None:
    """The place of the option that a line begins with; bare letters count only where they are expected."""
    plain = _folded_start(line)
    if found := _ANY_SIGN.match(plain):
        return ord((found["wrapped"] or found["plain"]).upper()) - ord("A")
    for pattern in (_SPACED_SIGN, _GLUED_SIGN):
        if expected >= 0 and (found := pattern.match(plain)) and found[1] == letter(expected):
            return expected
    return None


def is_bare(line: str) -> bool:
    """Whether the letter that a line begins with stands without a sign: A 甲, A甲."""
    return _ANY_SIGN.match(_folded_start(line)) is None


def options(line: str, following: int | None) -> list[tuple[int, str]]:
    """The options on a line that begins with one; `following` is the place that the next line begins with, if any."""
    sign, start = _sign_at_start(line)
    place, text = ord(sign) - ord("A"), line[start:]
    found: list[tuple[int, str]] = []
    for spaced in (True, False):
        found = _split(place, text, spaced)
        if len(found) > 1 and (following is None or following > found[-1][0] or following == 0):
            return found
    return [(place, text.strip())]


def options_on_line(line: str, following: str) -> list[str]:
    """The options of a line that begins with a signed one, each with its letter; the line itself when it is one only.

    `following` is the line below.
    """
    if option_letter(line, -1) is None:
        return [line]
    found = options(line, option_letter(following, -1))
    return [f"{letter(place)}.{text}" for place, text in found] if len(found) > 1 else [line]


def inline_options(stem: str) -> tuple[str, str]:
    """A stem and the options that follow it on the same line: ……（　　） A. 甲 B. 乙."""
    for found in islice(_INLINE_A.finditer(stem), _TRIED):
        after = stem[found.end() :]
        if found.start() and max(len(_split(0, after, True)), len(_split(0, after, False))) > 1:
            return stem[: found.start()].strip(), stem[found.start() :].strip()
    return stem, ""


def distances_to_options(lines: list[str]) -> list[int]:
    """For each line, how many lines on an option A or a key stands, unless something else begins before it.

    Where nothing follows, the answer is larger than any number of lines; one more entry stands for the end.
    """
    distances = [_FAR_AWAY] * (len(lines) + 1)
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if not line:
            distances[index] = distances[index + 1] + 1
        elif option_letter(line, 0) == 0:
            distances[index] = 0
        elif found := fields(line):
            distances[index] = 0 if found[0][0] in ("key", "kind_word") else _FAR_AWAY
        elif not numbered(line) and not heading(line):
            distances[index] = distances[index + 1] + 1
    return distances


def _either_width(place: int) -> str:
    """What matches the letter of an option, as typed in half or in full width."""
    return f"[{letter(place)}{chr(ord(letter(place)) + 0xFEE0)}]"


def _folded_start(line: str) -> str:
    """The first signs of a line in half width, one for one, so that places in it are places in the line."""
    return line[:12].translate(_HALF_WIDTH)


def _sign_at_start(line: str) -> tuple[str, int]:
    """The letter that a line begins with, and where its text starts."""
    plain = _folded_start(line)
    if found := _ANY_SIGN.match(plain):
        return (found["wrapped"] or found["plain"]).upper(), found.end()
    found = _SPACED_SIGN.match(plain) or _GLUED_SIGN.match(plain)
    return (found[1], found.end()) if found else ("A", 0)


def _split(place: int, text: str, spaced: bool) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    before = r"(?:(?<=\s)|(?<=[;；。]))" if spaced else r"(?<![A-Za-z0-9、和及或与])"
    while place + 1 < MOST_OPTIONS:
        sign = re.search(rf"(?<=\S)\s*{before}" + _SIGN.format(_either_width(place + 1)) + r"(?=\S)", text)
        if not sign or not text[: sign.start()].strip():
            break
        found.append((place, text[: sign.start()].strip()))
        place, text = place + 1, text[sign.end() :]
    return [*found, (place, text.strip())]
