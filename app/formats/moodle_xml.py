"""A bank out of Moodle XML: choices and judgements are read, what no machine can mark is told."""

import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from app.formats.bank_draft import draft_question, tell_duplicates
from app.formats.bank_key import read_truth
from app.formats.bank_pieces import Pieces
from app.formats.html_text import markup_of, plain
from app.formats.images import Images
from app.formats.markup import keep_with_truth, words_of, words_only
from app.formats.moodle_files import AttachedFiles
from app.formats.problem import Problem, Reading, ReadQuestion
from app.formats.xml_tree import Unreadable, root_of, text_in
from app.rules.question import LONGEST_TOPIC, QuestionKind, letter, tidy

MOST_QUESTIONS = 20_000
_MOST_OPTIONS = 26
TITLE_MARK = "题库："
# the shares of the full mark that Moodle itself offers, in per cent
_SHARES = "100 90 83.33333 80 75 70 66.66667 60 50 40 33.33333 30 25 20 16.66667 14.28571 12.5 11.11111 10 5 0"
_OFFERED = tuple(map(Decimal, _SHARES.split()))
_ROUNDED = Decimal("0.01")
_LARGEST_SHARE = 1000  # beyond it no percentage was meant, and arithmetic may overflow
_CHOICES = ("multichoice", "multichoiceset")
_NOT_OFFERED = {
    "essay": "问答",
    "shortanswer": "简答",
    "matching": "匹配",
    "match": "匹配",
    "numerical": "数值",
    "cloze": "完形填空",
    "multianswer": "完形填空",
    "gapselect": "选词填空",
    "ddwtos": "拖放填空",
    "ddmatch": "拖放匹配",
    "ddmarker": "拖放标记",
    "ddimageortext": "拖放图文",
    "ordering": "排序",
    "calculated": "计算",
    "calculatedsimple": "计算",
    "calculatedmulti": "计算",
}
_NO_QUESTION = {"description": "说明文字", "random": "随机抽题", "randomsamatch": "随机匹配"}
_ROOT = re.compile(r"<quiz[\s>/]")
_TAG = re.compile(r"(难度|依据|来源|知识点|题型)\s*[:：]\s*(.*)", re.DOTALL)
_CONTEXT = re.compile(r"\$\w{1,20}\$")
_DEFAULT_CATEGORY = re.compile(r"Default for .*|.*默认(?:类别|分类)?|默认.*", re.IGNORECASE | re.DOTALL)
_BLOCKS = re.compile(r"<(?:p|br|div|ul|ol|table)\b", re.IGNORECASE)


def looks_like(text: str) -> bool:
    """Whether a text begins like a quiz exported by Moodle."""
    beginning = text[:4000].lstrip("\ufeff \t\n")
    return beginning.startswith("<") and _ROOT.search(beginning) is not None


def read_moodle_xml(content: bytes | str) -> Reading:
    """The questions of a Moodle XML file with a verdict for each, counted from 1. Never raises."""
    try:
        root = root_of(content)
    except Unreadable as refusal:
        return Reading(problems=(Problem(None, None, "error", str(refusal)),))
    if root.tag != "quiz":
        message = "这不是Moodle导出的题库（没有<quiz>）。请在Moodle的题库里导出“Moodle XML格式”后再上传"
        return Reading(problems=(Problem(None, None, "error", message),))
    return _Quiz(root).read()


class _Quiz:
    """Walks over the questions, keeping the category that holds for them."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.title = ""
        self.topic = ""
        self.topics: dict[str, None] = {}
        self.images = Images()
        self.found: list[ReadQuestion] = []
        self.left_out: Counter[str] = Counter()
        self.read_kinds: Counter[str] = Counter()

    def read(self) -> Reading:
        for element in self.root:
            if element.tag == "question":
                self._take(element, element.get("type", "").strip().lower())
            else:
                self.left_out["不认识的内容（不是<question>）"] += 1
            if len(self.found) > MOST_QUESTIONS:
                message = f"试题超过{MOST_QUESTIONS}道，一次最多{MOST_QUESTIONS}道。请分成几个文件"
                return Reading(self.title, problems=(Problem(None, None, "error", message),))
        return Reading(
            self.title,
            questions=tuple(tell_duplicates(self.found)),
            recognised=self._recognised(),
            skipped=tuple(f"{what}没有读取，共{count}处" for what, count in self.left_out.items()),
            images=self.images.found,
        )

    def _recognised(self) -> tuple[str, ...]:
        kinds = "、".join(f"{kind}{count}道" for kind, count in self.read_kinds.items())
        told = [f"Moodle XML题库：{kinds}"] if kinds else []
        if self.topics:
            names = "、".join(list(self.topics)[:10]) + (" 等" if len(self.topics) > 10 else "")
            told.append(f"类别读作知识点：{names}")
        return tuple(told)

    def _take(self, element: Element, kind: str) -> None:
        if kind == "category":
            self._open_category(element)
        elif kind in _NO_QUESTION:
            self.left_out[_NO_QUESTION[kind]] += 1
        else:
            pieces = Pieces(len(self.found) + 1, unit="题", are_signed=False, topic=self.topic)
            self._fill(pieces, element, kind)
            self.found.append(draft_question(pieces))

    def _open_category(self, element: Element) -> None:
        self.topic = topic_of(text_in(element.find("category/text")))
        if self.topic:
            self.topics.setdefault(self.topic)
        note = tidy(text_in(element.find("info/text")))
        if note.startswith(TITLE_MARK) and not self.title:
            self.title = note.removeprefix(TITLE_MARK).strip()[:60]

    # --- one question

    def _fill(self, pieces: Pieces, element: Element, kind: str) -> None:
        pieces.stem = self._words(pieces, element.find("questiontext"))
        if kind in _CHOICES:
            self._take_choice(pieces, element, kind)
        elif kind == "truefalse":
            self._take_judgement(pieces, element)
        else:
            pieces.not_offered = _NOT_OFFERED.get(kind) or f"“{kind[:30] or '未写题型'}”"
            pieces.stem = pieces.stem or plain(text_in(element.find("name/text"))) or "（没有题干）"
            return
        self.read_kinds["判断" if kind == "truefalse" else "选择"] += 1
        self._take_explanation(pieces, element)
        self._take_tags(pieces, element)
        if text_in(element.find("hidden")) == "1":
            pieces.note("题型", "warning", "这道题在Moodle里是隐藏的，请核对是否还要用")

    def _take_choice(self, pieces: Pieces, element: Element, kind: str) -> None:
        answers = element.findall("answer")[:_MOST_OPTIONS]  # beyond ten it is an error anyway
        pieces.options = [self._words(pieces, answer, place) for place, answer in enumerate(answers)]
        shares = [_share(pieces, answer, letter(place)) for place, answer in enumerate(answers)]
        keep_with_truth(pieces)
        is_single = kind == "multichoice" and text_in(element.find("single")).lower() in ("", "true", "1")
        pieces.outer_kind = QuestionKind.SINGLE_CHOICE if is_single else QuestionKind.MULTIPLE_CHOICE
        best = max(shares, default=Decimal(0))
        least = best if is_single else min((share for share in shares if share > 0), default=Decimal(0))
        pieces.places = tuple(place for place, share in enumerate(shares) if share > 0 and share >= least)
        if kind == "multichoice":
            _tell_odd_shares(pieces, shares, is_single=is_single)

    def _take_judgement(self, pieces: Pieces, element: Element) -> None:
        pieces.outer_kind = QuestionKind.TRUE_FALSE
        right = []
        for place, answer in enumerate(element.findall("answer")[:10]):
            said = read_truth(plain(text_in(answer.find("text"))))
            if _share(pieces, answer, "“正确”或“错误”") > 0:
                right.append(place if said is None else 0 if said else 1)
        pieces.places = tuple(sorted({place for place in right if place < 2}))

    def _words(self, pieces: Pieces, element: Element | None, option: int | None = None) -> str:
        if element is None:
            return ""
        files = AttachedFiles(element, self.images)
        text = words_of(pieces, _markup(element), self.images, files.picture, option=option)
        for name in files.not_shown():
            pieces.note("图片", "warning", f"附件“{name[:60]}”没有显示在题里，没有导入")
        return text

    def _take_explanation(self, pieces: Pieces, element: Element) -> None:
        general = element.find("generalfeedback")
        pieces.explanation = words_only(pieces, _markup(general), "解析") if general is not None else ""
        comments = [answer.find("feedback") for answer in element.findall("answer")]
        if any(text_in(comment) for comment in comments):
            self.left_out["各选项后的反馈（feedback）"] += 1

    def _take_tags(self, pieces: Pieces, element: Element) -> None:
        fields = {"难度": "difficulty", "依据": "source", "来源": "source", "知识点": "topic", "题型": "kind_word"}
        for tag in element.findall("tags/tag")[:50]:
            said = text_in(tag)
            if found := _TAG.fullmatch(said):
                setattr(pieces, fields[found[1]], found[2])
            elif said and not pieces.topic:
                pieces.topic = said
            elif said:
                self.left_out["标签"] += 1


def topic_of(category: str) -> str:
    """The topic that a category's path names: $course$/top/普法/宪法 is 普法/宪法; what Moodle adds is left out."""
    parts = [part.replace("\0", "/").strip() for part in category.replace("//", "\0").split("/")]
    if parts and _CONTEXT.fullmatch(parts[0]):
        parts = parts[1:]
        if parts and parts[0].lower() == "top":
            parts = parts[1:]
    if parts and _DEFAULT_CATEGORY.fullmatch(parts[0]):
        parts = parts[1:]
    topic = ""
    for part in reversed([part for part in parts if part]):
        if topic and len(part) + 1 + len(topic) > LONGEST_TOPIC:
            break
        topic = f"{part}/{topic}" if topic else part
    return tidy(topic)


def _markup(element: Element) -> str:
    """The HTML of a text, in whichever of its ways Moodle kept it."""
    inner = element.find("text")
    text = text_in(inner) if inner is not None else (element.text or "").strip()
    kind = element.get("format", "")
    if kind in ("plain_text", "markdown"):
        return markup_of(text)
    return text if kind == "html" or _BLOCKS.search(text) else text.replace("\n", "<br>")


def _share(pieces: Pieces, answer: Element, name: str) -> Decimal:
    said = answer.get("fraction", "").strip()
    try:
        share = Decimal(said.rstrip("%"))
    except InvalidOperation:
        share = Decimal("NaN")
    if share.is_finite() and share.copy_abs() <= _LARGEST_SHARE:
        return share
    pieces.note("答案", "warning", f"选项{name}的得分比例“{said[:20]}”没有看懂，已当作错误项，请核对")
    return Decimal(0)


def _tell_odd_shares(pieces: Pieces, shares: list[Decimal], *, is_single: bool) -> None:
    """Warn where the shares do not say clearly which options are right."""
    odd = [place for place, share in enumerate(shares) if min(abs(abs(share) - one) for one in _OFFERED) > _ROUNDED]
    for place in odd:
        name = "正确项" if place in (pieces.places or ()) else "错误项"
        message = f"选项{letter(place)}的得分比例{shares[place]:f}%不是Moodle用的数，已当作{name}，请核对答案"
        pieces.note("答案", "warning", message[:200])
    if is_single and any(0 < share < max(shares) for share in shares):
        pieces.note("答案", "warning", "单选题里有只得部分分的选项，已只取得分最高的作答案，请核对")
    total = sum((share for share in shares if share > 0), Decimal(0))
    if not odd and total > 0 and not is_single and abs(total - 100) > 1:
        pieces.note("答案", "warning", f"各正确项的得分比例合起来是{total:f}%，不是100%，请核对答案"[:200])
