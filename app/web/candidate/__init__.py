"""Pages of whoever takes part."""

from flask import Blueprint

bp = Blueprint("candidate", __name__)

from app.web.candidate import application, attempts, entry, home, news, saving  # noqa: E402, F401  # routes need `bp`
