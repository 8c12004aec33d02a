"""The pictures that questions show, each under the checksum of its bytes."""

from flask import Blueprint, Response, abort
from flask_login import login_required

from app.queries import images

bp = Blueprint("images", __name__)


@bp.get("/images/<checksum>")
@login_required
def image(checksum: str) -> Response:
    """A picture. Its address is its checksum: it never changes, and nobody finds one without being shown it."""
    found = images.one(checksum) if len(checksum) == 64 else None
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.media_type)
    # whatever the bytes are, they are shown as a picture and never run
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
