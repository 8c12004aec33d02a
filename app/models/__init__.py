"""The tables. Importing this package makes all of them known to the metadata."""

from app.models.attempt import Attempt, Grading, Notice
from app.models.audit import AuditEntry, Throttle
from app.models.bank import Image, KeptTwins, Question, QuestionBank
from app.models.contest import Contest, ItemPool, Sitting, Terms
from app.models.imports import Import, ImportChange
from app.models.late import LateSheet
from app.models.quiz import Quiz
from app.models.roster import Application, RosterEntry, RosterUnit
from app.models.site import Site
from app.models.unit import Unit, UnitAlias
from app.models.user import Activation, Grant, SignIn, User

__all__ = [
    "Activation",
    "Application",
    "Attempt",
    "AuditEntry",
    "Contest",
    "Grading",
    "Grant",
    "Image",
    "Import",
    "ImportChange",
    "ItemPool",
    "KeptTwins",
    "LateSheet",
    "Notice",
    "Question",
    "QuestionBank",
    "Quiz",
    "RosterEntry",
    "RosterUnit",
    "SignIn",
    "Site",
    "Sitting",
    "Terms",
    "Throttle",
    "Unit",
    "UnitAlias",
    "User",
]
