"""A question written, or corrected: the form, its preview, and what stands in the way."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations import questions as work
from app.operations.questions import ChangedMeanwhile, Faulty
from app.queries import questions
from app.queries.banks import BankRow
from app.queries.questions import Revision
from app.rules.invalid import Invalid
from app.rules.question import Draft, faults
from app.rules.revisions import changes, key_words
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.banks import own_bank_or_back
from app.web.organizer.question_form import LONGEST, SHOWN, QuestionForm, drafted, question_form, refill
from app.web.organizer.question_pictures import take_pictures
from app.web.organizer.questions import history_or_404
from app.web.organizer.upload import as_item


@bp.route("/banks/<int:bank_id>/questions/new", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def question_new(bank_id: int) -> ResponseReturnValue:
    """Write a question."""
    found = own_bank_or_back(bank_id)
    form = question_form()
    pictures, reason = take_pictures(form, ())
    draft, state = drafted(form, pictures), "pending" if form.pending.data else "approved"
    if not form.validate_on_submit():
        return _page(form, found, draft)
    if reason:
        form.picture.errors = [reason]
        return _page(form, found, draft)
    if "preview" in request.form:
        return _checked(form, found, draft)
    try:
        number = work.add_question(bank_id, draft, state=state, actor=access.actor().user_id, now=utc_now())
    except Invalid as error:
        return _refused(form, found, draft, error)
    flash(f"已保存为第{number}题，{'审核后才会被抽到' if state == 'pending' else '可以被抽到了'}。", "info")
    if "another" in request.form:
        return redirect(url_for(".question_new", bank_id=bank_id), code=303)
    return redirect(url_for(".question", bank_id=bank_id, number=number), code=303)


@bp.route("/banks/<int:bank_id>/questions/<int:number>/edit", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def question_edit(bank_id: int, number: int) -> ResponseReturnValue:
    """Correct a question: the next revision."""
    there = url_for(".question", bank_id=bank_id, number=number)
    found, stored = own_bank_or_back(bank_id, there), history_or_404(bank_id, number)[0]
    form = question_form(stored.row.draft, stored.row.revision)
    pictures, reason = take_pictures(form, stored.row.draft.pictures)
    draft = drafted(form, pictures)
    if not form.validate_on_submit():
        return _page(form, found, draft, stored)
    if reason:
        form.picture.errors = [reason]
        return _page(form, found, draft, stored)
    if "preview" in request.form:
        return _checked(form, found, draft, stored)
    actor, now = access.actor().user_id, utc_now()
    try:
        made = work.edit_question(bank_id, number, draft, revision=form.opened, actor=actor, now=now)
    except ChangedMeanwhile:
        return _conflict(form, found, draft, history_or_404(bank_id, number)[0])
    except Invalid as error:
        return _refused(form, found, draft, error, stored)
    flash(f"已保存为第{made}版。已经发布的竞赛不受影响。" if made else "没有改动，没有保存新的一版。", "info")
    return redirect(there, code=303)


def _page(
    form: QuestionForm, bank: BankRow, draft: Draft, stored: Revision | None = None, other: Revision | None = None
) -> str:
    """The form with its preview; `stored` is the question being corrected, `other` what somebody made of it since."""
    return render_template(
        "organizer/banks/question_form.html",
        form=form,
        bank=bank,
        stored=stored,
        item=as_item(draft, stored.row.number if stored else questions.next_number(bank.id)),
        key=key_words(draft),
        topics=questions.topics(bank.id),
        longest=LONGEST,
        shown=max(SHOWN, len(draft.options)),
        other=other,
        theirs=changes(other.row.draft, draft) if other else (),
    )


def _checked(form: QuestionForm, bank: BankRow, draft: Draft, stored: Revision | None = None) -> str:
    """预览 without scripts: nothing is written, and what would stand in the way is told."""
    refill(form, draft)
    form.mark(fault for fault in faults(draft) if fault.level == "error")
    return _page(form, bank, draft, stored)


def _refused(form: QuestionForm, bank: BankRow, draft: Draft, error: Invalid, stored: Revision | None = None) -> str:
    refill(form, draft)
    if isinstance(error, Faulty):
        form.mark(error.faults)
    else:
        form.stem.errors = list(error.messages)
    return _page(form, bank, draft, stored)


def _conflict(form: QuestionForm, bank: BankRow, draft: Draft, other: Revision) -> ResponseReturnValue:
    """Both versions before the eyes; saved once more, one's own goes over the other's."""
    refill(form, draft)
    form.revision.data = str(other.row.revision)
    return _page(form, bank, draft, other, other), 409
