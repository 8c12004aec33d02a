"""题库: the list, what is in one, and uploading into one."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app.extensions import utc_now
from app.operations import uploads
from app.queries import banks as questions
from app.queries.banks import BankRow
from app.rules.invalid import Invalid
from app.rules.question import QuestionKind
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.imports import page_number, unreadable, uploaded, uploads_folder

GRADED = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.ANY_NUMBER, QuestionKind.TRUE_FALSE)
QUESTIONS_SHOWN = 20
NEW_BANK = ""


class BankUploadForm(FlaskForm):
    """A file, and the bank that it becomes or is added to."""

    bank = SelectField("放进哪个题库")
    title = StringField("新题库的名称", validators=[Length(max=200, message="名称在200个字以内。")])
    file = FileField("题库文件", validators=[FileRequired("请选择文件。")])


@bp.get("/banks")
@role_required(Role.ORGANIZER)
def banks() -> ResponseReturnValue:
    """All banks with what they hold."""
    return render_template("organizer/banks/list.html", banks=questions.listed(), kinds=GRADED)


@bp.get("/banks/<int:bank_id>")
@role_required(Role.ORGANIZER)
def bank(bank_id: int) -> ResponseReturnValue:
    """The questions of one bank, keys and all."""
    found = bank_or_404(bank_id)
    kind = next((kind for kind in GRADED if kind == request.args.get("kind")), None)
    search = request.args.get("search", "").strip()[:100]
    page = questions.questions(bank_id, kind=kind, search=search, number=page_number(), size=QUESTIONS_SHOWN)
    return render_template("organizer/banks/one.html", bank=found, page=page, kinds=GRADED, kind=kind, search=search)


@bp.route("/banks/upload", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def bank_upload() -> ResponseReturnValue:
    """Upload a bank; nothing is written before it has been looked at."""
    form = BankUploadForm(bank=request.args.get("bank", NEW_BANK))
    own = [row for row in questions.listed() if not row.is_shipped]
    form.bank.choices = [SelectChoice(NEW_BANK, "新建一个题库"), *(SelectChoice(str(row.id), row.title) for row in own)]
    if form.validate_on_submit() and (import_id := _preview(form)) is not None:
        return redirect(url_for(".import_preview", import_id=import_id), code=303)
    return render_template("organizer/banks/upload.html", form=form, has_own=bool(own))


def bank_or_404(bank_id: int) -> BankRow:
    """The bank of that id."""
    found = questions.one(bank_id)
    if found is None:
        abort(404)
    return found


def _preview(form: BankUploadForm) -> int | None:
    """The import's id, or None with the form saying why the file could not be taken."""
    content, name = uploaded(form.file)
    bank_id = int(form.bank.data) if form.bank.data else None
    title = (form.title.data or "").strip() if bank_id is None else ""
    actor, now = access.actor().user_id, utc_now()
    try:
        import_id = uploads.preview_bank(
            content, name, title=title, bank_id=bank_id, folder=uploads_folder(), actor=actor, now=now
        )
    except Invalid as error:
        form.title.errors = list(error.messages)
        return None
    return None if unreadable(import_id, form.file, actor, now) else import_id
