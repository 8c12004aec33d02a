"""One question of a preview corrected before it is imported: the same form as in a bank."""

from dataclasses import replace
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations import preview_changes
from app.operations.questions import ChangedMeanwhile
from app.queries import imports
from app.queries.imports import Preview, PreviewRow
from app.rules.invalid import Invalid
from app.rules.question import Draft, QuestionKind, faults
from app.rules.revisions import changes, key_words
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.question_form import LONGEST, SHOWN, QuestionForm, drafted, question_form, refill
from app.web.organizer.question_pictures import take_pictures
from app.web.organizer.upload import as_item, import_or_404, serial_seen

_EMPTY = Draft(QuestionKind.SINGLE_CHOICE, "", (), ())


@bp.route("/imports/<int:import_id>/rows/<int:position>", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def import_row(import_id: int, position: int) -> ResponseReturnValue:
    """Correct a question as read; its verdict is given anew when it is saved."""
    preview = import_or_404(import_id)
    row = preview.row(position)
    if row is None:
        abort(404)
    if preview.state != "previewed":
        flash("这份文件已经导入或放弃，不能再改。要改题，请到题库里改。", "error")
        return redirect(url_for(".import_preview", import_id=import_id), code=303)
    read = row.draft or _begun(row)
    form = question_form(read, row.corrections)
    pictures, reason = take_pictures(form, read.pictures)
    draft = drafted(form, pictures)
    if not form.validate_on_submit():
        return _page(form, preview, row, draft)
    if reason:
        form.picture.errors = [reason]
        return _page(form, preview, row, draft)
    errors = [fault for fault in faults(draft) if fault.level == "error"]
    if errors or "preview" in request.form:
        refill(form, draft)
        form.mark(errors)
        return _page(form, preview, row, draft)
    try:
        actor, now = access.actor().user_id, utc_now()
        seen = {"serial": serial_seen(), "corrections": form.opened}
        preview_changes.correct_row(import_id, position, draft, **seen, actor=actor, now=now)
    except ChangedMeanwhile:
        return _conflict(form, import_id, position, draft)
    except Invalid as error:
        flash("".join(error.messages), "error")
        return _page(form, preview, row, draft)
    flash(f"{row.place}已改，还没有写入题库。", "info")
    return redirect(_back(import_id, row), code=303)


def _begun(row: PreviewRow) -> Draft:
    """What a question that could not be read begins with: its stem, where all of it is known."""
    return _EMPTY if row.excerpt.endswith("…") else replace(_EMPTY, stem=row.excerpt)


def _conflict(form: QuestionForm, import_id: int, position: int, draft: Draft) -> ResponseReturnValue:
    """Both corrections before the eyes; saved once more, one's own goes over the other's."""
    preview = import_or_404(import_id)
    row = preview.row(position)
    if row is None:
        abort(404)
    refill(form, draft)
    form.revision.data = str(row.corrections)
    other = imports.corrected_by(import_id, position)
    return _page(form, preview, row, draft, other), 409


def _page(
    form: QuestionForm, preview: Preview, row: PreviewRow, draft: Draft, other: tuple[str, datetime] | None = None
) -> str:
    """The form with its preview; `other` is who corrected the question since it was opened, and when."""
    return render_template(
        "organizer/imports/row.html",
        form=form,
        preview=preview,
        row=row,
        item=as_item(draft, row.row or 0),
        key=key_words(draft),
        topics=sorted({found["draft"]["topic"] for found in preview.kept_rows if found.get("draft")} - {""}),
        longest=LONGEST,
        shown=max(SHOWN, len(draft.options)),
        back=_back(preview.id, row),
        serial=serial_seen() if request.method == "POST" else preview.serial,
        other=other,
        theirs=changes(row.draft or _EMPTY, draft) if other else (),
    )


def _back(import_id: int, row: PreviewRow) -> str:
    only, page = request.args.get("only"), request.args.get("page")
    return url_for(".import_preview", import_id=import_id, row=row.place, only=only, page=page, _anchor="question")
