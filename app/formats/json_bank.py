"""A bank in JSON: a list of objects, an object that holds such lists under whatever name, or one object a line."""

import re
from collections.abc import Iterator

from app.formats.bank_draft import draft_question, tell_duplicates
from app.formats.bank_key import read_key, read_truth
from app.formats.bank_pieces import Pieces, split_number
from app.formats.images import Images
from app.formats.json_key import bare_figures, key_as_written
from app.formats.json_kinds import kinds_of_codes
from app.formats.json_question import Fields
from app.formats.json_values import shown, written
from app.formats.json_walk import Surroundings, parsed, questions_in
from app.formats.loose_html import NO_IMAGE
from app.formats.markup import keep_with_truth, pictured, tell_left_out
from app.formats.problem import Problem, Reading
from app.rules.question import Picture

_LIKE_JSON = re.compile(r"\s*(?:\{\s*[\"'}]|\[\s*[\[{\"\]])")
_MOST_TOLD = 12
_TOLD = (("stem", "题干"), ("options", "选项"), ("option0", "选项"), ("key", "答案"), ("explanation", "解析"),
         ("kind_word", "题型"), ("source", "依据"), ("topic", "知识点"), ("difficulty", "难度"))  # fmt: skip


def looks_like_json(text: str) -> bool:
    """Whether the text begins like a list or an object of JSON."""
    return _LIKE_JSON.match(text[:500]) is not None


def read_json(text: str) -> Reading:
    """The questions of a JSON text with a verdict for each, in its order. Never raises."""
    values, problems = parsed(text)
    if any(problem.level == "error" for problem in problems):
        return Reading(problems=tuple(problems))
    found, refused = questions_in(values)
    if not found:
        message = refused or "JSON里没有找到试题。每题写成一个对象，至少有“题干”“选项”“答案”三项"
        return Reading(problems=(*problems, Problem(None, None, "error", message)))
    return _Bank(found).read(problems)


class _Bank:
    """The questions of one file, read together: only all of them tell how keys and kinds are counted."""

    def __init__(self, found: list[tuple[Surroundings, Fields]]) -> None:
        self.found = found
        self.images = Images()
        self.first, self.is_guessed = self._first_figure()
        self.keys = [
            key_as_written(fields.values.get("key"), fields.options, self._first_of(fields)) for _, fields in found
        ]
        coded = [
            (fields.text("kind_word"), self._count(key, fields), _is_judged(key, fields))
            for key, (_, fields) in zip(self.keys, found, strict=True)
        ]
        self.kinds, self.told_kinds = kinds_of_codes(coded)

    def read(self, problems: list[Problem]) -> Reading:
        """The questions as drafts, with what is to be told of the file."""
        pairs = enumerate(zip(self.keys, self.found, strict=True), start=1)
        questions = [
            draft_question(self._pieces(order, key, around, fields)) for order, (key, (around, fields)) in pairs
        ]
        return Reading(
            questions=tuple(tell_duplicates(questions)),
            problems=tuple(problems),
            recognised=tuple(self._recognised()),
            skipped=tuple(self._skipped()),
            images=self.images.found,
        )

    def _first_figure(self) -> tuple[int, bool]:
        """Which figure means the first option, and whether no question proves it."""
        figures = [
            (figure, len(fields.options))
            for _, fields in self.found
            for figure in bare_figures(fields.values.get("key"), fields.options)
        ]
        if any(figure == 0 for figure, _ in figures):
            return 0, False
        return 1, not any(figure == count for figure, count in figures)

    def _first_of(self, fields: Fields) -> int:
        return 0 if fields.names.get("key", "").lower().endswith("index") else self.first

    def _count(self, key: str, fields: Fields) -> int:
        flagged = sum(option.is_right is True for option in fields.options)
        return flagged or len(read_key(key, tuple(option.text for option in fields.options)).places or ())

    def _pieces(self, order: int, key: str, around: Surroundings, fields: Fields) -> Pieces:
        number, stem = split_number(fields.text("stem"))
        pieces = Pieces(
            row=around.row or order,
            unit="行" if around.row else "题",
            sheet=around.sheet,
            stem=stem,
            options=[option.text for option in fields.options],
            key=key,
            number=fields.text("number")[:12] or number,
            outer_kind=around.kind,
            not_offered=around.not_offered,
        )
        for meaning in ("explanation", "source", "topic", "difficulty"):
            setattr(pieces, meaning, fields.text(meaning))
        said = fields.text("kind_word")
        pieces.kind_word = self.kinds.get(said, said)
        if page := fields.text("page"):
            pieces.source = f"{pieces.source} {page}".strip()
        self._mark(pieces, fields)
        self._take_images(pieces, fields)
        if around.shared:
            pieces.note("题干", "warning", f"这题前面有几题共用的材料“{around.shared[:20]}…”，没有并入题干，请补上")
        return pieces

    def _mark(self, pieces: Pieces, fields: Fields) -> None:
        """The key that the options themselves carry, or a word on one that was counted."""
        right = tuple(place for place, option in enumerate(fields.options) if option.is_right)
        if right and (not pieces.key or "key" not in fields.values):
            pieces.places = right
        elif self.is_guessed and self._first_of(fields) and any(bare_figures(fields.values.get("key"), fields.options)):
            said = shown(fields.values["key"]).replace("\n", "、")
            pieces.note(
                "答案", "warning", f"答案写的是序号{said}，已从1数起读作{pieces.key}，请核对；最好改写成选项字母"
            )

    def _take_images(self, pieces: Pieces, fields: Fields) -> None:
        stem = written(fields.values.get("stem"))
        pieces.stem = pictured(pieces, pieces.stem, stem, self.images, _not_with_it)
        pieces.options = [
            pictured(pieces, option.text, option.markup, self.images, _not_with_it, option=place)
            for place, option in enumerate(fields.options)
        ]
        keep_with_truth(pieces)
        tell_left_out(pieces, written(fields.values.get("explanation")), "解析")

    def _recognised(self) -> Iterator[str]:
        names: dict[str, str] = {}
        for _, fields in self.found:
            names |= {meaning: name for meaning, name in fields.names.items() if meaning not in names}
        told = "，".join(f"{word}取自“{shown(names[meaning])[:20]}”" for meaning, word in _TOLD if meaning in names)
        yield f"这是JSON数据：{told}" if told else "这是JSON数据"
        if self.first == 0:
            yield "答案里的数字从0数起：0是A，1是B"
        yield from self.told_kinds

    def _skipped(self) -> Iterator[str]:
        unused: dict[str, None] = {}
        codes: dict[str, str] = {}
        for _, fields in self.found:
            unused |= dict.fromkeys(fields.unused)
            codes = fields.codes | codes
        if codes:
            told = "、".join(f"“{shown(name)[:20]}”（如{code}）" for name, code in codes.items())
            yield f"字段{told}里是代码，没有读取"
        if unused:
            names = "、".join(f"“{shown(name)[:20]}”" for name in list(unused)[:_MOST_TOLD])
            yield f"字段{names}{'等' if len(unused) > _MOST_TOLD else ''}没有用到，没有读取"


def _is_judged(key: str, fields: Fields) -> bool:
    truths = {read_truth(option.text) for option in fields.options}
    return truths == {True, False} or (not fields.options and (read_truth(key) is not None or key in ("0", "1")))


def _not_with_it(_: str) -> Picture | str:
    return NO_IMAGE
