"""The form of a 试卷方案: what is asked, how it is scored, and how a paper is spread over topics and difficulties."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from app.operations.quizzes import QuizDraft
from app.queries.banks import BankRow, Spread
from app.queries.quizzes import QuizRow
from app.rules import prose
from app.rules.blueprint import shortages
from app.rules.paper import Section
from app.rules.question import HARDEST, QuestionKind
from app.rules.rates import points
from app.rules.terms import Counting, ReviewRule, Visible
from app.web.organizer.banks import GRADED

MOST_TOPICS = 40
SECTIONS = {
    QuestionKind.SINGLE_CHOICE: "单项选择题",
    QuestionKind.MULTIPLE_CHOICE: "多项选择题",
    QuestionKind.ANY_NUMBER: "不定项选择题",
    QuestionKind.TRUE_FALSE: "判断题",
}
COUNTING = [SelectChoice(str(counting), words) for counting, words in prose.COUNTING.items()]
REVIEW = [SelectChoice(str(visible), words) for visible, words in prose.VISIBLE.items()]
# How refusals of the rules begin, and the field to mend.
SPEAKS_OF = {
    "已有同名": "title",
    "名称": "title",
    "合格线": "pass_mark",
    "优秀线": "excellence_mark",
    "限时": "minutes",
    "答题次数": "attempts_allowed",
}
NUMBER = re.compile(r"\d{1,5}(\.\d{1,2})?")


class PointsField(StringField):
    """Points with up to two decimals, kept as hundredths in `hundredths`."""

    hundredths: int | None = None

    def process_data(self, value: int | None) -> None:
        self.data = points(value) if value else ""

    def pre_validate(self, form: Any) -> None:
        text = unicodedata.normalize("NFKC", self.data or "").strip()
        if text and not NUMBER.fullmatch(text):
            raise ValidationError("请填数字，最多两位小数，例如 2 或 1.5。")
        self.hundredths = int(Decimal(text) * 100) if text else None


class WholeField(IntegerField):
    """A whole number typed in any width; None when it is empty or no number, which NumberRange then says."""

    widget = TextInput()  # a number field loses what it cannot read

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", valuelist[0] if valuelist else "").strip()
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _count(label: str) -> WholeField:
    return WholeField(label, validators=[Optional(), NumberRange(0, 500, message="请填0到500的整数。")])


class QuizForm(FlaskForm):
    """Everything that a quiz states. `count_…` and `points_…` are one section each; a count of 0 leaves it out."""

    title = StringField(
        "方案名称", validators=[DataRequired("请填名称。"), Length(max=200, message="名称在200个字以内。")]
    )
    description = TextAreaField("说明", validators=[Length(max=500, message="说明在500个字以内。")])
    count_single_choice, points_single_choice = _count("单选题数"), PointsField("单选每题分数")
    count_multiple_choice, points_multiple_choice = _count("多选题数"), PointsField("多选每题分数")
    count_any_number, points_any_number = _count("不定项题数"), PointsField("不定项每题分数")
    count_true_false, points_true_false = _count("判断题数"), PointsField("判断每题分数")
    even = BooleanField("按题库里知识点和难度的比例均匀抽题", default=True)
    minutes = WholeField(
        "限时（分钟）",
        validators=[InputRequired("请填分钟数。"), NumberRange(1, 600, message="请填1到600的整数。")],
        default=30,
    )
    attempts_allowed = WholeField(
        "可答次数",
        validators=[InputRequired("请填次数，不限填0。"), NumberRange(0, 100, message="请填0到100的整数。")],
        default=1,
    )
    counting = RadioField("答几次时，成绩取", choices=COUNTING, default="best")
    pass_mark = PointsField("合格线（分）", validators=[DataRequired("请填合格线。")])
    excellence_mark = PointsField("优秀线（分）", validators=[DataRequired("请填优秀线。")])
    after_hand_in = RadioField("交卷后", choices=REVIEW, default="score")
    after_close = RadioField("最后一场结束后", choices=REVIEW, default="keys")

    spread: Spread  # what the bank has to draw from
    rows: tuple["Row", ...]  # its topics and difficulties, each with a field for every kind

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field for itself, then what they mean together, so that everything is told in one round."""
        fits = super().validate(extra_validators)
        self._compare_paper()
        self._compare_marks()
        return fits and not self.errors

    def mark(self, messages: tuple[str, ...]) -> None:
        """Put what the rules refuse at the field that it speaks of; what speaks of none stands above the form."""
        for message in messages:
            name = next((name for start, name in SPEAKS_OF.items() if message.startswith(start)), None)
            if name is None:
                self.form_errors.append(message)
            else:
                self[name].errors = [*self[name].errors, message]

    def _compare_paper(self) -> None:
        for kind, count, worth in self.sections():
            section = self.section(kind)
            if count.errors or any(self[row.field(kind)].errors for row in self.rows):
                continue
            if not section.count and (section.topics or section.difficulties):
                count.errors = ["按知识点或难度分配了题数，请也填抽几题。"]
            if not section.count:
                continue
            count.errors = shortages(section, self.spread.get(kind, ()))
            if not worth.errors and not worth.hundredths:
                worth.errors = ["请填每题几分，要大于0。"]

    def _compare_marks(self) -> None:
        passes, excels = self.pass_mark.hundredths, self.excellence_mark.hundredths
        if passes is None or excels is None:
            return
        if any(count.errors or worth.errors for _, count, worth in self.sections()):
            if passes > excels:  # whatever the full score will be
                self.mark(("优秀线应不低于合格线。",))
            return
        full = sum((count.data or 0) * (worth.hundredths or 0) for _, count, worth in self.sections())
        if full and not 0 < passes <= full:
            self.mark((f"合格线应大于0，且不超过满分{points(full)}分。",))
        if full and not passes <= excels <= full:
            self.mark((f"优秀线应不低于合格线，且不超过满分{points(full)}分。",))

    def sections(self) -> list[tuple[QuestionKind, Any, Any]]:
        """Each kind with its two fields."""
        return [(kind, self[f"count_{kind}"], self[f"points_{kind}"]) for kind in GRADED]

    def section(self, kind: QuestionKind) -> Section:
        """The section of that kind as filled in; a count of 0 when it is left out."""
        counts = [(row, self[row.field(kind)].data) for row in self.rows]
        return Section(
            title=SECTIONS[kind],
            kind=kind,
            count=self[f"count_{kind}"].data or 0,
            points=self[f"points_{kind}"].hundredths or 0,
            topics=tuple((row.value, count) for row, count in counts if count and row.of == "topic"),
            difficulties=tuple((int(row.value), count) for row, count in counts if count and row.of == "difficulty"),
            is_even=bool(self.even.data),
        )

    @property
    def kinds(self) -> list[QuestionKind]:
        """The kinds that the bank has."""
        return [kind for kind in GRADED if self.spread.get(kind)]

    @property
    def is_spread(self) -> bool:
        """Whether a topic or a difficulty has been filled in, rightly or wrongly."""
        fields = [self[row.field(kind)] for row in self.rows for kind in GRADED]
        return any(field.data or field.errors for field in fields)


@dataclass(frozen=True)
class Row:
    """A topic or a difficulty that questions can be asked for; `has` counts what the bank holds of it by kind."""

    of: Literal["topic", "difficulty"]
    value: str
    has: dict[QuestionKind, int]

    @property
    def label(self) -> str:
        """What stands before the row."""
        return f"难度{self.value}" if self.of == "difficulty" else self.value or "没有写知识点"

    def field(self, kind: QuestionKind) -> str:
        """The name of its field for a kind: of the topic's words, so that a changed bank shifts no number."""
        return f"{self.of}_{hashlib.sha256(self.value.encode()).hexdigest()[:12]}_{kind}"


def quiz_form(spread: Spread, found: QuizRow | None) -> QuizForm:
    """The form for a bank that is spread so, filled with a quiz that is being changed."""
    rows = tuple(_rows(spread, found))
    fields = {row.field(kind): _count(f"{row.label}：{kind.label}题") for row in rows for kind in GRADED}
    fitted = type("FittedQuizForm", (QuizForm,), fields)
    form: QuizForm = fitted(data=_values(found, rows) if found else None)
    form.spread, form.rows = spread, rows
    return form


def blueprint(sections: tuple[Section, ...]) -> list[tuple[str, list[int | None]]]:
    """The 双向细目表 of a paper: each topic and difficulty with its number of questions in every section."""
    topics = dict.fromkeys(topic for section in sections for topic, _ in section.topics)
    levels = sorted({level for section in sections for level, _ in section.difficulties})
    rows: list[tuple[str, list[int | None]]] = [
        (topic or "没有写知识点", [dict(section.topics).get(topic) for section in sections]) for topic in topics
    ]
    return rows + [(f"难度{level}", [dict(s.difficulties).get(level) for s in sections]) for level in levels]


def _rows(spread: Spread, found: QuizRow | None) -> Iterator[Row]:
    """What the quiz asks for, then the bank's other topics, then the difficulties; a bank of odd topics shows none."""
    sections = found.terms.spec.sections if found else ()
    asked = [topic for section in sections for topic, _ in section.topics]
    topics = sorted({held[0] for kind in spread.values() for held in kind}, key=lambda topic: (not topic, topic))
    if asked or (any(topics) and len(topics) <= MOST_TOPICS):
        for topic in dict.fromkeys([*asked, *topics]):
            yield Row("topic", topic, _has(spread, 0, topic))
    if any(held[1] for kind in spread.values() for held in kind):
        for level in range(1, HARDEST + 1):
            yield Row("difficulty", str(level), _has(spread, 1, level))


def _has(spread: Spread, place: Literal[0, 1], value: str | int) -> dict[QuestionKind, int]:
    return {kind: sum(row[2] for row in held if row[place] == value) for kind, held in spread.items()}


def quiz_draft(form: QuizForm, bank: BankRow, found: QuizRow | None) -> QuizDraft:
    """What a form that fits says; a quiz that is being changed keeps its own sentences."""
    sections = [section for section in map(form.section, GRADED) if section.count]
    return QuizDraft(
        title=" ".join((form.title.data or "").split()),
        bank_id=bank.id,
        sections=tuple(sections),
        duration=(form.minutes.data or 0) * 60,
        attempts_allowed=form.attempts_allowed.data or 0,
        counting=Counting(form.counting.data),
        pass_mark=form.pass_mark.hundredths or 0,
        excellence_mark=form.excellence_mark.hundredths or 0,
        review=ReviewRule(Visible(form.after_hand_in.data), Visible(form.after_close.data)),
        description=(form.description.data or "").strip(),
        rules=found.rules if found else (),
    )


def _values(found: QuizRow, rows: tuple[Row, ...]) -> dict[str, Any]:
    terms = found.terms
    values: dict[str, Any] = {"title": found.title, "description": found.description, "minutes": terms.duration // 60}
    for section in terms.spec.sections:
        values |= {f"count_{section.kind}": section.count, f"points_{section.kind}": section.points}
        asked = {("topic", topic): count for topic, count in section.topics}
        asked |= {("difficulty", str(level)): count for level, count in section.difficulties}
        values |= {row.field(section.kind): asked.get((row.of, row.value)) for row in rows}
    return values | {
        "even": any(section.is_even for section in terms.spec.sections),
        "attempts_allowed": terms.attempts_allowed,
        "counting": str(terms.counting),
        "pass_mark": terms.pass_mark,
        "excellence_mark": terms.excellence_mark,
        "after_hand_in": str(terms.review.after_hand_in),
        "after_close": str(terms.review.after_close),
    }
