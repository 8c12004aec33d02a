"""Own banks: 复制, 改名 and 删除."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.extensions import utc_now
from app.operations import own_banks
from app.operations.own_banks import LONGEST_NOTE
from app.queries import questions
from app.rules.invalid import Invalid
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.banks import bank_or_404, own_bank_or_back


class BankForm(FlaskForm):
    """What a bank is called, and what is said of it."""

    title = StringField("名称", validators=[DataRequired("请填名称。"), Length(max=200, message="名称在200个字以内。")])
    note = TextAreaField("说明", validators=[Length(max=LONGEST_NOTE, message=f"说明在{LONGEST_NOTE}个字以内。")])


@bp.post("/banks/<int:bank_id>/copies")
@role_required(Role.ORGANIZER)
def bank_copy(bank_id: int) -> ResponseReturnValue:
    """复制成自己的题库."""
    bank = bank_or_404(bank_id)
    try:
        own = own_banks.copy_bank(bank_id, actor=access.actor().user_id, now=utc_now())
    except Invalid as error:
        flash("".join(error.messages), "error")
        return redirect(url_for(".bank", bank_id=bank_id), code=303)
    flash(f"已复制{bank.total:,}题。这一份是您自己的，可以改；“{bank.title}”不变。", "info")
    return redirect(url_for(".bank", bank_id=own), code=303)


@bp.route("/banks/<int:bank_id>/edit", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def bank_edit(bank_id: int) -> ResponseReturnValue:
    """A bank's name and note."""
    bank = own_bank_or_back(bank_id)
    form = BankForm(data={"title": bank.title, "note": bank.note})
    if form.validate_on_submit():
        actor, title, note = access.actor().user_id, form.title.data or "", form.note.data or ""
        try:
            own_banks.edit_bank(bank_id, title, note, actor=actor, now=utc_now())
        except Invalid as error:
            form.title.errors = list(error.messages)
        else:
            flash("题库的名称和说明已保存。", "info")
            return redirect(url_for(".bank", bank_id=bank_id), code=303)
    obstacles = own_banks.obstacles(bank_id)
    return render_template("organizer/banks/edit.html", form=form, bank=bank, obstacles=obstacles)


@bp.route("/banks/<int:bank_id>/deletion", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def bank_deletion(bank_id: int) -> ResponseReturnValue:
    """删除题库, after a page that says what goes."""
    bank = own_bank_or_back(bank_id)
    form = FlaskForm()
    if form.validate_on_submit():
        try:
            gone = own_banks.delete_bank(bank_id, actor=access.actor().user_id, now=utc_now())
        except Invalid as error:
            flash("".join(error.messages), "error")
            return redirect(url_for(".bank_deletion", bank_id=bank_id), code=303)
        flash(f"题库“{bank.title}”和其中的{gone:,}题已删除。", "info")
        return redirect(url_for(".banks"), code=303)
    facts = {"bank": bank, "counts": questions.counts(bank_id), "obstacles": own_banks.obstacles(bank_id)}
    return render_template("organizer/banks/deletion.html", **facts)
