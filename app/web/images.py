"""The pictures that questions show, each under the checksum of its bytes."""

from flask import Blueprint, Response, abort
from flask_login import login_required

from app.queries import images
from app.rules.roles import Role
from app.web import access

bp = Blueprint("images", __name__)


@bp.get("/images/<checksum>")
@login_required
def image(checksum: str) -> Response:
    """A picture, for organizers and for those on whose paper it stands."""
    if len(checksum) != 64:
        abort(404)
    who = access.actor()
    may = who.may(Role.ORGANIZER) or images.is_on_a_paper(checksum, who.user_id)
    found = images.one(checksum) if may else None
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.media_type)
    # whatever the bytes are, they are shown as a picture and never run
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
