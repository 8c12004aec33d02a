"""Setting up the site: what every page says of it, and who holds which role."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")

from app.web.admin import roles, settings  # noqa: E402, F401  # routes need `bp`
