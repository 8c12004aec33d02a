"""试卷方案: what is asked and how it is scored; no dates, no people."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from app.extensions import utc_now
from app.operations import quizzes as planning
from app.operations.quizzes import QuizDraft
from app.queries import banks
from app.queries import quizzes as questions
from app.queries.banks import BankRow
from app.queries.quizzes import QuizRow
from app.rules import prose
from app.rules.invalid import Invalid
from app.rules.paper import Section
from app.rules.question import QuestionKind
from app.rules.rates import points
from app.rules.roles import Role
from app.rules.terms import Counting, ReviewRule, Visible
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.banks import GRADED

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

    usable: dict[QuestionKind, int]  # of the bank; to be set before validating

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
            if not count.data or count.errors:
                continue
            count.errors = planning.too_few((Section(SECTIONS[kind], kind, count.data, 0),), self.usable)
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


@bp.get("/quizzes")
@role_required(Role.ORGANIZER)
def quizzes() -> ResponseReturnValue:
    """All quizzes."""
    return render_template("organizer/quizzes/list.html", quizzes=questions.listed(), banks=banks.listed())


@bp.get("/quizzes/<int:quiz_id>")
@role_required(Role.ORGANIZER)
def quiz(quiz_id: int) -> ResponseReturnValue:
    """One quiz: its paper and its rules in plain words."""
    found = quiz_or_404(quiz_id)
    usable = banks.usable_by_kind(found.bank_id)
    return render_template("organizer/quizzes/one.html", quiz=found, usable=usable, rules=prose.quiz_rules(found.terms))


@bp.route("/quizzes/new", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def quiz_new() -> ResponseReturnValue:
    """Choose a bank, then fill in the rest."""
    bank = _asked_bank()
    if bank is None:
        return render_template("organizer/quizzes/bank.html", quiz=None, banks=banks.listed(), kinds=GRADED)
    form = QuizForm()
    form.usable = banks.usable_by_kind(bank.id)
    if not form.validate_on_submit():
        return _form_page(form, bank, None)
    try:
        quiz_id = planning.make_quiz(_draft(form, bank, None), actor=access.actor().user_id, now=utc_now())
    except Invalid as error:
        form.mark(error.messages)
        return _form_page(form, bank, None)
    flash("试卷方案已保存，可以用它开竞赛了。", "info")
    return redirect(url_for(".quiz", quiz_id=quiz_id), code=303)


@bp.route("/quizzes/<int:quiz_id>/edit", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def quiz_edit(quiz_id: int) -> ResponseReturnValue:
    """Change a quiz; contests that were published keep the rules they were published with."""
    found = quiz_or_404(quiz_id)
    bank = _asked_bank() or banks.one(found.bank_id)
    if bank is None:
        abort(404)
    if request.args.get("bank") == "":
        return render_template("organizer/quizzes/bank.html", quiz=found, banks=banks.listed(), kinds=GRADED)
    form = QuizForm(data=_values(found))
    form.usable = banks.usable_by_kind(bank.id)
    if not form.validate_on_submit():
        return _form_page(form, bank, found)
    try:
        planning.edit_quiz(quiz_id, _draft(form, bank, found), actor=access.actor().user_id, now=utc_now())
    except Invalid as error:
        form.mark(error.messages)
        return _form_page(form, bank, found)
    flash("试卷方案已保存。已经发布的竞赛不受影响。", "info")
    return redirect(url_for(".quiz", quiz_id=quiz_id), code=303)


def quiz_or_404(quiz_id: int) -> QuizRow:
    """The quiz of that id."""
    found = questions.one(quiz_id)
    if found is None:
        abort(404)
    return found


def _asked_bank() -> BankRow | None:
    asked = request.args.get("bank", "")
    if not asked:
        return None
    found = banks.one(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
    if found is None:
        abort(404)
    return found


def _form_page(form: QuizForm, bank: BankRow, found: QuizRow | None) -> str:
    return render_template("organizer/quizzes/form.html", form=form, bank=bank, quiz=found)


def _draft(form: QuizForm, bank: BankRow, found: QuizRow | None) -> QuizDraft:
    sections = [
        Section(SECTIONS[kind], kind, count.data, worth.hundredths or 0)
        for kind, count, worth in form.sections()
        if count.data
    ]
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


def _values(found: QuizRow) -> dict[str, Any]:
    terms = found.terms
    values: dict[str, Any] = {"title": found.title, "description": found.description, "minutes": terms.duration // 60}
    for section in terms.spec.sections:
        values |= {f"count_{section.kind}": section.count, f"points_{section.kind}": section.points}
    return values | {
        "attempts_allowed": terms.attempts_allowed,
        "counting": str(terms.counting),
        "pass_mark": terms.pass_mark,
        "excellence_mark": terms.excellence_mark,
        "after_hand_in": str(terms.review.after_hand_in),
        "after_close": str(terms.review.after_close),
    }
