"""Where a contest is prepared, watched and reported."""

from flask import Blueprint

bp = Blueprint("organizer", __name__, url_prefix="/manage")

from app.web.organizer import applications, banks, contests, home, imports, people, quizzes, reports, units  # noqa: E402, F401
