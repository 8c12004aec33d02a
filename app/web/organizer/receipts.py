"""查回执: support finds an attempt by what its receipt says."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.queries import receipts
from app.rules.roles import Role
from app.web.access import role_required
from app.web.organizer import bp


@bp.get("/receipts")
@role_required(Role.ORGANIZER)
def receipt() -> ResponseReturnValue:
    """The number is typed as it was read on the telephone; blanks and long dashes do not matter."""
    number = request.args.get("number", "").strip()[:60]
    found = receipts.find(number) if number else None
    if found is not None:
        earlier = None if found.is_current else number
        return redirect(url_for(".attempt", slug=found.slug, attempt_id=found.attempt_id, earlier=earlier), code=303)
    return render_template("organizer/receipts/find.html", number=number)
