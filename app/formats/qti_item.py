"""One QTI item as pieces of questions. Names are compared without qti-, hyphens and case: 2.x and 3.0 become one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html import escape
from xml.etree.ElementTree import Element

from app.formats.bank_pieces import Pieces
from app.formats.html_text import is_of_html, plain
from app.formats.images import Images
from app.formats.markup import Finder, keep_with_truth, words_of, words_only
from app.formats.xml_tree import text_in
from app.rules.question import QuestionKind

_MOST_OPTIONS = 26
_MOST_CHOICES = 100  # in one item; what more there is, is told as not offered
_CHOICE = "choiceinteraction"
_LONGEST_SHARED = 100_000  # signs of markup; shared by a hundred choices it is read a hundred times
_NOT_OFFERED = {
    "choice": f"超过{_MOST_CHOICES}道小题以后的选择",
    "textentry": "填空",
    "extendedtext": "问答",
    "match": "匹配",
    "associate": "配对",
    "order": "排序",
    "gapmatch": "选词填空",
    "inlinechoice": "下拉选词",
    "hottext": "点选文字",
    "hotspot": "点选图片",
    "selectpoint": "点选位置",
    "graphicorder": "图片排序",
    "graphicassociate": "图片配对",
    "graphicgapmatch": "图片匹配",
    "positionobject": "摆放图片",
    "slider": "滑块",
    "drawing": "绘图",
    "upload": "上传文件",
    "media": "音视频",
    "custom": "自定义",
    "portablecustom": "自定义",
}
_FEEDBACK = ("modalfeedback", "feedbackblock")
_NOT_SHOWN = ("feedbackinline", "stylesheet", "cataloginfo", "companionmaterialsinfo")


def plain_name(name: str) -> str:
    """An element's or attribute's name as compared: qti-choice-interaction and choiceInteraction are one."""
    return name.rpartition("}")[2].removeprefix("qti-").replace("-", "").lower()


@dataclass
class ItemReader:
    """Reads items out of one file or package; `images` are theirs together."""

    images: Images
    left_out: dict[str, int] = field(default_factory=dict)

    def questions(self, item: Element, find: Finder) -> list[Pieces]:
        """The questions of an item, at least one: a choice each, and one for what no machine can mark."""
        body = _Body()
        body_element = item.find("itembody")
        if body_element is not None:
            body.walk(body_element)
        body.close()
        found = [self._choice(item, body, place, find) for place in range(len(body.choices))]
        if body.others or not found:
            found.append(self._not_offered(item, body))
        explanation = words_only(found[0], _explanation(item, body), "解析")
        for pieces in found:
            pieces.explanation = explanation
            self._tell_oddities(pieces, item, body)
        return found

    def _choice(self, item: Element, body: "_Body", place: int, find: Finder) -> Pieces:
        pieces = Pieces(0, unit="题", are_signed=False)
        interaction = body.choices[place]
        pieces.stem = words_of(pieces, body.stem(place), self.images, find)
        choices = list(_choices_in(interaction))[:_MOST_OPTIONS]
        for order, choice in enumerate(choices):
            shown = _Body()
            shown.walk(choice)
            shown.close()
            if shown.hides_words:
                self._leave_out("各选项后的反馈（feedbackInline）")
            pieces.options.append(words_of(pieces, shown.segments[-1], self.images, find, option=order))
        keep_with_truth(pieces)
        declared = _declaration(item, _attribute(interaction, "responseidentifier"))
        names = [_attribute(choice, "identifier") for choice in choices]
        _settle_key(pieces, interaction, declared, names)
        return pieces

    def _not_offered(self, item: Element, body: "_Body") -> Pieces:
        pieces = Pieces(0, unit="题", are_signed=False)
        words = [_NOT_OFFERED.get(name.removesuffix("interaction"), f"“{name[:30]}”") for name in body.others]
        pieces.not_offered = "、".join(dict.fromkeys(words)) or "没有选项的"
        stem = plain("".join(body.segments))
        pieces.stem = stem or _attribute(item, "title") or _attribute(item, "identifier") or "（没有题干）"
        return pieces

    def _tell_oddities(self, pieces: Pieces, item: Element, body: "_Body") -> None:
        if len(body.choices) > 1:
            message = f"这个试题文件里有{len(body.choices)}道小题，已各作一题读取，请核对题干"
            pieces.note("题干", "warning", message)
            if len(body.segments[0]) > _LONGEST_SHARED:
                pieces.note("题干", "warning", "几道小题共用的材料太长，只放进了第一道，请核对")
        if body.has_variables or item.find("templatedeclaration") is not None:
            pieces.note("题干", "error", "题里有随机变量，每次显示的内容不同，不能导入。请改成固定的内容")
        if any(child.tag == "assessmentstimulusref" for child in item):
            pieces.note("题干", "warning", "题目引用了另一个文件里的共用材料，没有读取，请把材料补进题干")
        if body.hides_words:
            self._leave_out("题干里给阅卷人看的说明和作答后才显示的文字")

    def _leave_out(self, what: str) -> None:
        self.left_out[what] = self.left_out.get(what, 0) + 1


@dataclass
class _Body:
    """The HTML of a body, cut where a choice is asked for, and what else is in it."""

    parts: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    choices: list[Element] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    explanations: list[str] = field(default_factory=list)
    has_variables: bool = False
    hides_words: bool = False

    def walk(self, element: Element) -> None:
        """Take in what is inside an element."""
        self.parts.append(escape(element.text or ""))
        for child in element:
            self._take(child)
            self.parts.append(escape(child.tail or ""))

    def close(self) -> None:
        """Keep what came after the last choice."""
        self.segments.append("".join(self.parts))
        self.parts = []

    def stem(self, place: int) -> str:
        """What is asked at a choice: what all share when each has its own prompt, else what stands before it."""
        if not self.prompts:
            self.prompts = [_prompt(choice) for choice in self.choices]
        after = self.segments[-1] if place == len(self.choices) - 1 else ""
        shares = place > 0 and all(self.prompts) and len(self.segments[0]) <= _LONGEST_SHARED
        before = f"<div>{self.segments[0]}</div>" if shares else ""
        return f"{before}{self.segments[place]}<p>{self.prompts[place]}</p>{after}"

    def _take(self, child: Element) -> None:
        name = child.tag
        if name == _CHOICE and len(self.choices) < _MOST_CHOICES:
            self.close()
            self.choices.append(child)
        elif name.endswith("interaction"):
            if name != "endattemptinteraction":
                self.others.append(name)
        elif name in _FEEDBACK:
            self.explanations.append(_inside(child))
        elif name in _NOT_SHOWN or (name == "rubricblock" and "candidate" not in _attribute(child, "view")):
            self.hides_words = self.hides_words or (bool(text_in(child)) and name != "stylesheet")
        elif name == "printedvariable":
            self.has_variables = True
        else:
            self._take_html(child)

    def _take_html(self, child: Element) -> None:
        source = _attribute(child, "src") if child.tag == "img" else ""
        if child.tag == "object" and _attribute(child, "type").startswith("image/"):
            source = _attribute(child, "data")
        if source or child.tag == "img":
            alt = _attribute(child, "alt") or text_in(child)
            self.parts.append(f'<img src="{escape(source)}" alt="{escape(alt)}">')
            return
        is_html = is_of_html(child.tag)
        self.parts.append(f"<{child.tag}>" if is_html else "")
        self.walk(child)
        self.parts.append(f"</{child.tag}>" if is_html else "")


def _inside(element: Element) -> str:
    body = _Body()
    body.walk(element)
    body.close()
    return "".join(body.segments)


def _prompt(interaction: Element) -> str:
    prompt = interaction.find("prompt")
    return "" if prompt is None else _inside(prompt)


def _choices_in(interaction: Element) -> Iterator[Element]:
    return (child for child in interaction if child.tag == "simplechoice")


def _attribute(element: Element | None, name: str) -> str:
    if element is None:
        return ""
    return next((value.strip() for written, value in element.items() if plain_name(written) == name), "")


def _declaration(item: Element, identifier: str) -> Element | None:
    declared = item.findall("responsedeclaration")
    named = [one for one in declared if _attribute(one, "identifier") == identifier]
    return named[0] if named else None


def _explanation(item: Element, body: _Body) -> str:
    said = [_inside(child) for child in item if child.tag == "modalfeedback"] + body.explanations
    return "".join(f"<div>{words}</div>" for words in dict.fromkeys(said) if words.strip())


def _settle_key(pieces: Pieces, interaction: Element, declared: Element | None, names: list[str]) -> None:
    """Kind and key, as the response is declared; a mapping stands in for a correct response that is missing."""
    is_multiple = _attribute(declared, "cardinality").lower() in ("multiple", "ordered")
    most = _attribute(interaction, "maxchoices")
    correct = [] if declared is None else [text_in(value) for value in declared.findall("correctresponse/value")]
    if not any(correct) and declared is not None:
        correct = _by_mapping(pieces, declared, is_single=not is_multiple)
    named = {name: place for place, name in reversed(list(enumerate(names)))}
    places = {named[name] for name in correct if name in named}
    if unknown := [name for name in correct if name and name not in named]:
        pieces.note("答案", "error", f"答案写的标识“{unknown[0][:30]}”不在选项里，请改正后重新导出")
    elif not places:
        pieces.note("答案", "error", "试题文件里没有写正确答案（correctResponse），请补上答案")
    pieces.places = tuple(sorted(places))
    if is_multiple and most == "1" and len(places) < 2:
        is_multiple = False
    pieces.outer_kind = QuestionKind.MULTIPLE_CHOICE if is_multiple else QuestionKind.SINGLE_CHOICE


def _by_mapping(pieces: Pieces, declared: Element, *, is_single: bool) -> list[str]:
    """The choices that a mapping gives points for; of a single choice the one with the most."""
    worth = {}
    for entry in declared.findall("mapping/mapentry"):
        try:
            value = Decimal(_attribute(entry, "mappedvalue"))
        except InvalidOperation:
            continue
        if value.is_finite() and value > 0:
            worth[_attribute(entry, "mapkey")] = value
    if not worth:
        return []
    best = max(worth.values())
    right = [name for name, value in worth.items() if value == best or not is_single]
    if len(right) < len(worth):
        pieces.note("答案", "warning", "单选题里有几个选项都得分，已只取得分最高的作答案，请核对")
    return right
