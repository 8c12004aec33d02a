"""试卷方案: what is asked and how it is scored; no dates, no people."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations import quizzes as planning
from app.queries import banks
from app.queries import quizzes as questions
from app.queries.banks import BankRow
from app.queries.quizzes import QuizRow
from app.rules import prose
from app.rules.invalid import Invalid
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.banks import GRADED
from app.web.organizer.quiz_form import QuizForm, blueprint, quiz_draft, quiz_form


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
    sections, spread = found.terms.spec.sections, banks.spread(found.bank_id)
    return render_template(
        "organizer/quizzes/one.html",
        quiz=found,
        usable=banks.usable_by_kind(found.bank_id),
        short=planning.too_few(sections, spread),
        blueprint=blueprint(sections),
        rules=prose.quiz_rules(found.terms),
    )


@bp.route("/quizzes/new", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def quiz_new() -> ResponseReturnValue:
    """Choose a bank, then fill in the rest."""
    bank = _asked_bank()
    if bank is None:
        return render_template("organizer/quizzes/bank.html", quiz=None, banks=banks.listed(), kinds=GRADED)
    form = quiz_form(banks.spread(bank.id), None)
    if not form.validate_on_submit():
        return _form_page(form, bank, None)
    try:
        quiz_id = planning.make_quiz(quiz_draft(form, bank, None), actor=access.actor().user_id, now=utc_now())
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
    form = quiz_form(banks.spread(bank.id), found)
    if not form.validate_on_submit():
        return _form_page(form, bank, found)
    try:
        planning.edit_quiz(quiz_id, quiz_draft(form, bank, found), actor=access.actor().user_id, now=utc_now())
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
