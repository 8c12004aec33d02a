"""导出题库: the forms to choose from, what each leaves behind, and the file."""

from io import BytesIO

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.formats.bank_export import FORMS, Export
from app.operations.exports import export_bank, losses_of
from app.rules.invalid import Invalid
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.banks import bank_or_404


@bp.get("/banks/<int:bank_id>/export")
@role_required(Role.ORGANIZER)
def bank_export(bank_id: int) -> ResponseReturnValue:
    """The forms in which a bank can be taken out; of a chosen one, what it cannot carry."""
    bank = bank_or_404(bank_id)
    asked = request.args.get("form", "")
    chosen = asked if asked in FORMS else ""
    lost: tuple[str, ...] | None = None
    if chosen:
        try:
            lost = losses_of(bank_id, chosen, with_pending=_with_pending())
        except Invalid as error:
            flash("".join(error.messages), "error")
            return redirect(url_for(".bank_export", bank_id=bank_id), code=303)
    return render_template(
        "organizer/banks/export.html", bank=bank, forms=FORMS, chosen=chosen, lost=lost, pending=_with_pending()
    )


@bp.get("/banks/<int:bank_id>/export/<form>")
@role_required(Role.ORGANIZER)
def bank_export_file(bank_id: int, form: str) -> ResponseReturnValue:
    """The bank as a file."""
    bank_or_404(bank_id)
    if form not in FORMS:
        abort(404)
    try:
        export = _export(bank_id, form)
    except Invalid as error:
        flash("".join(error.messages), "error")
        return redirect(url_for(".bank_export", bank_id=bank_id), code=303)
    return send_file(BytesIO(export.content), export.media_type, as_attachment=True, download_name=export.name)


def _export(bank_id: int, form: str) -> Export:
    actor = access.actor().user_id
    return export_bank(bank_id, form, with_pending=_with_pending(), actor=actor, now=utc_now())


def _with_pending() -> bool:
    return request.args.get("pending") == "yes"
