"""Where a contest is prepared, watched and reported."""

from flask import Blueprint

bp = Blueprint("organizer", __name__, url_prefix="/manage")

# Each of them adds its routes.
from app.web.organizer import (  # noqa: E402, F401
    applications,
    attempt,
    bank_exports,
    bank_health,
    bank_preview,
    banks,
    contests,
    home,
    import_row,
    imports,
    late,
    live,
    own_banks,
    people,
    question_edit,
    questions,
    quizzes,
    receipts,
    reports,
    sitting,
    units,
)
