"""The form with which a contest is opened."""

from datetime import UTC, datetime

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, RadioField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from app.operations.contests import Opening
from app.queries.people import UnitNode
from app.queries.quizzes import QuizRow
from app.rules.prose import SHANGHAI

# How the reasons begin for which a contest cannot be opened, and the field to mend; the others are the quiz's.
SPEAKS_OF = {"请写竞赛名称": "title", "截止时间": "closes_at", "名单里": "units", "网址": "slug"}
EVERYBODY, SOME = "everybody", "units"


def whole(text: object) -> int:
    """The number that a list sends back; 0, which nothing has, for anything else."""
    return int(str(text)) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 10 else 0


class MomentField(DateTimeLocalField):
    """A moment on the clock of Shanghai, aware; old browsers show a line of text and send a blank for the T."""

    data: datetime | None

    def __init__(self, label: str, **options: object) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"]
        super().__init__(label, format=formats, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("请填日期和时间，例如 2026-09-30 18:00。") from None
        # the calendar's first and last years have no UTC
        if self.data is not None and not 2000 <= self.data.year <= 2100:
            self.data = None
            raise ValueError("年份不对，请核对。")

    @property
    def moment(self) -> datetime:
        """What was filled in, in UTC; call after validation."""
        assert self.data is not None
        return self.data.replace(tzinfo=SHANGHAI).astimezone(UTC)


class OpeningForm(FlaskForm):
    """What is asked, when, of whom."""

    quiz = SelectField("试卷方案", coerce=whole, validate_choice=False)
    title = StringField(
        "竞赛名称", validators=[InputRequired("请写竞赛名称。"), Length(max=200, message="名称请在200字以内。")]
    )
    opens_at = MomentField("开始", validators=[InputRequired("请填开始时间。")])
    closes_at = MomentField("截止", validators=[InputRequired("请填截止时间。")])
    whom = RadioField("参赛范围", default=EVERYBODY, validate_choice=False)
    units = SelectMultipleField(
        "参赛单位",
        coerce=whole,
        validate_choice=False,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    scope = StringField("范围说明", validators=[Length(max=200, message="说明请在200字以内。")])
    slug = StringField(
        "网址",
        validators=[
            Optional(strip_whitespace=True),
            Regexp(r"^\s*[a-z0-9][a-z0-9-]{1,39}\s*$", message="只用小写字母、数字和短横线，2到40个字符。"),
        ],
    )

    def offer(self, quizzes: list[QuizRow], tree: list[UnitNode]) -> None:
        """Fill the lists: quizzes, everybody or some units, the top-level units with their head-counts."""
        tops = [node for node in tree if node.depth == 0]
        self.quiz.choices = [(row.id, row.title) for row in quizzes]
        self.units.choices = [(node.id, f"{node.name}（{node.total:,}人）") for node in tops]
        everybody = sum(node.total for node in tops)
        self.whom.choices = [(EVERYBODY, f"全体人员（{everybody:,}人）"), (SOME, "只选一些单位")]

    def validate_units(self, field: SelectMultipleField) -> None:
        """Ticks and the choice above them must say the same: nobody is left out, or let in, by mistake."""
        if self.whom.data == SOME and not field.data:
            raise ValidationError("请勾选参赛单位，或改选“全体人员”。")
        if self.whom.data != SOME and field.data:
            raise ValidationError(
                f"勾选了{len(field.data)}个单位，上面选的却是“全体人员”：请改选“只选一些单位”，或去掉勾选。"
            )

    def validate_slug(self, field: StringField) -> None:
        """`new` is the address of this very form."""
        if (field.data or "").strip() == "new":
            raise ValidationError("“new”是系统自己用的网址，请换一个。")

    def mark(self, messages: tuple[str, ...]) -> None:
        """Put each reason why the contest cannot be opened at the field that it speaks of."""
        for message in messages:
            field = self[next((name for start, name in SPEAKS_OF.items() if message.startswith(start)), "quiz")]
            field.errors = [*field.errors, message]

    def opening(self) -> Opening:
        """The same as the operation takes it; call after validation."""
        return Opening(
            quiz_id=self.quiz.data or 0,
            title=(self.title.data or "").strip(),
            opens_at=self.opens_at.moment,
            closes_at=self.closes_at.moment,
            unit_ids=tuple(self.units.data) if self.whom.data == SOME else None,
            scope=(self.scope.data or "").strip(),
            slug=(self.slug.data or "").strip() or None,
        )
