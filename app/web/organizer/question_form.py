"""The form of a question: kind, stem, options with the key ticked beside them, and what settles it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from app.rules.question import (
    HARDEST,
    LONGEST_EXPLANATION,
    LONGEST_SOURCE,
    LONGEST_STEM,
    LONGEST_TOPIC,
    MOST_OPTIONS,
    TRUE_FALSE_OPTIONS,
    Draft,
    Fault,
    Picture,
    QuestionKind,
    letter,
    tidy,
)
from app.web.organizer.banks import GRADED

SHOWN = 6  # options that a form begins with; the rest is a click away
LONGEST = {
    "stem": LONGEST_STEM,
    "explanation": LONGEST_EXPLANATION,
    "source": LONGEST_SOURCE,
    "topic": LONGEST_TOPIC,
}
# Which field a fault of the rules is told at.
FIELDS = {
    "题型": "kind",
    "题干": "stem",
    "选项": "key",
    "答案": "key",
    "解析": "explanation",
    "依据": "source",
    "知识点": "topic",
    "难度": "difficulty",
}
PLACES = [str(place) for place in range(MOST_OPTIONS)]


def _option(place: int) -> Any:
    return TextAreaField(f"选项{letter(place)}")


class QuestionForm(FlaskForm):
    """A question as one types it. `revision` is the one that was opened; options are told by place, blank ones left."""

    revision = HiddenField()
    kind = RadioField(
        "题型",
        choices=[SelectChoice(str(kind), kind.label) for kind in GRADED],
        default=str(QuestionKind.SINGLE_CHOICE),
        validate_choice=False,
        validators=[AnyOf([str(kind) for kind in GRADED], message="请选一种题型。")],
    )
    stem = TextAreaField("题干")
    option_0, option_1, option_2, option_3, option_4 = (_option(place) for place in range(5))
    option_5, option_6, option_7, option_8, option_9 = (_option(place) for place in range(5, MOST_OPTIONS))
    key = SelectMultipleField("选项", choices=[SelectChoice(place, place) for place in PLACES], validate_choice=False)
    judged = RadioField(
        "答案",
        choices=[SelectChoice(str(place), word) for place, word in enumerate(TRUE_FALSE_OPTIONS)],
        validate_choice=False,
    )
    explanation = TextAreaField("解析")
    source = TextAreaField("依据")
    topic = StringField("知识点")
    difficulty = RadioField(
        "难度",
        choices=[SelectChoice("", "未定"), *(SelectChoice(str(n), str(n)) for n in range(1, HARDEST + 1))],
        default="",
        validate_choice=False,
    )
    pending = BooleanField("先放着，待审核")
    pictures = SelectMultipleField("配图", choices=[], validate_choice=False)
    picture = FileField("加一张图")
    picture_place = SelectField(
        "加在哪里",
        choices=[SelectChoice("", "题干"), *(SelectChoice(place, f"选项{letter(int(place))}") for place in PLACES)],
        validate_choice=False,
    )
    added = HiddenField()  # pictures that came with an earlier, refused sending of the form

    def rows(self) -> list[tuple[int, str, Any, bool]]:
        """Each option's row: its place, its letter, its field, and whether it is ticked."""
        ticked = set(self.key.data or ())
        return [(place, letter(place), self[f"option_{place}"], str(place) in ticked) for place in range(MOST_OPTIONS)]

    @property
    def opened(self) -> int:
        """The revision that the form was opened with; 0, which none is, for what is no number."""
        said = self.revision.data or ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0

    @property
    def asked_kind(self) -> QuestionKind:
        """The kind that is chosen; 单选 until one is."""
        return next((kind for kind in GRADED if kind == self.kind.data), QuestionKind.SINGLE_CHOICE)

    def mark(self, found: Iterable[Fault]) -> None:
        """Tell each fault at its field, those of one option at its row."""
        judged = self.asked_kind is QuestionKind.TRUE_FALSE
        for fault in found:
            name = FIELDS[fault.column]
            rows = {f"选项{mark}": place for place, mark, _, _ in self.rows()}
            if fault.column == "选项" and fault.message[:3] in rows and "和选项" not in fault.message:
                name = f"option_{rows[fault.message[:3]]}"
            field = self["judged" if name == "key" and judged else name]
            field.errors = [*field.errors, f"{fault.message}。"]


def question_form(draft: Draft | None = None, revision: int = 0) -> QuestionForm:
    """The form of this question, or an empty one."""
    return QuestionForm(data=_values(draft, revision) if draft else {"revision": "0"})


def drafted(form: QuestionForm, pictures: tuple[Picture, ...] = ()) -> Draft:
    """The question that a form says, with those of its pictures that stay. A blank option is left away."""
    difficulty = form.difficulty.data or ""
    pictures = tuple(picture for at, picture in enumerate(pictures) if str(at) in (form.pictures.data or ()))
    draft = Draft(
        kind=form.asked_kind,
        stem=tidy(form.stem.data or ""),
        options=(),
        key=(),
        explanation=tidy(form.explanation.data or ""),
        source=tidy(form.source.data or ""),
        topic=" ".join(tidy(form.topic.data or "").split()),
        difficulty=int(difficulty) if difficulty in PLACES[1 : HARDEST + 1] else None,
    )
    if draft.kind is QuestionKind.TRUE_FALSE:
        key = tuple(int(form.judged.data) for _ in range(1) if form.judged.data in PLACES[:2])
        return replace(draft, options=TRUE_FALSE_OPTIONS, key=key, pictures=_within(pictures, 2))
    options, key = _options(form, {picture.option for picture in pictures} - {None})
    return replace(draft, options=options, key=key, pictures=_within(pictures, len(options)))


def refill(form: QuestionForm, draft: Draft) -> None:
    """Show the options as the question has them, so that the letters in what is said of it are those on the page."""
    if draft.kind is not QuestionKind.TRUE_FALSE:
        for place, _, field, _ in form.rows():
            field.data = draft.options[place] if place < len(draft.options) else ""
        form.key.data = [str(place) for place in draft.key]


def _options(form: QuestionForm, drawn: set[int | None]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Options and key; `drawn` are the places of options with pictures."""
    rows = [(tidy(field.data or ""), is_key) for _, _, field, is_key in form.rows()]
    while rows and rows[-1] == ("", False) and len(rows) - 1 not in drawn:
        rows.pop()
    if not drawn:  # a picture is told by the place of its option, which then must not shift
        rows = [row for row in rows if row != ("", False)]
    return tuple(text for text, _ in rows), tuple(place for place, (_, is_key) in enumerate(rows) if is_key)


def _within(pictures: tuple[Picture, ...], count: int) -> tuple[Picture, ...]:
    return tuple(picture for picture in pictures if picture.option is None or picture.option < count)


def _values(draft: Draft, revision: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        "pictures": [str(at) for at, _ in enumerate(draft.pictures)],
        "revision": str(revision),
        "kind": str(draft.kind),
        "stem": draft.stem,
        "explanation": draft.explanation,
        "source": draft.source,
        "topic": draft.topic,
        "difficulty": str(draft.difficulty or ""),
    }
    if draft.kind is QuestionKind.TRUE_FALSE:
        return values | {"judged": str(draft.key[0]) if draft.key else None}
    options = {f"option_{place}": text for place, text in enumerate(draft.options[:MOST_OPTIONS])}
    return values | options | {"key": [str(place) for place in draft.key]}
