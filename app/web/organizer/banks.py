"""题库: the list, and uploading into one."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
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
from app.web.organizer.upload import unreadable, uploaded, uploads_folder

GRADED = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.ANY_NUMBER, QuestionKind.TRUE_FALSE)
NEW_BANK = ""
LONGEST_PASTED = 500_000


class BankUploadForm(FlaskForm):
    """A file or pasted text, and the bank that it becomes or is added to."""

    bank = SelectField("放进哪个题库", validate_choice=False)
    title = StringField("新题库的名称", validators=[Length(max=200, message="名称在200个字以内。")])
    file = FileField("题库文件")
    text = TextAreaField("或者粘贴试题", validators=[Length(max=LONGEST_PASTED, message="文字太长，请存成文件上传。")])

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two is enough; the file counts when both are there."""
        fits = super().validate(extra_validators)
        if self.bank.data not in {choice.value for choice in self.bank.choices}:
            self.bank.errors = ["这个题库已经不在了，可能刚刚被删除。请另选一个题库，再选一次文件。"]
            self.bank.data, fits = NEW_BANK, False
        if not self.file.data and not (self.text.data or "").strip():
            self.file.errors = ["请选择文件，或者把题粘贴在下面。"]
            return False
        return bool(fits)

    @property
    def source(self) -> Any:
        """The field that the questions are in."""
        return self.file if self.file.data else self.text


@bp.get("/banks")
@role_required(Role.ORGANIZER)
def banks() -> ResponseReturnValue:
    """All banks with what they hold."""
    return render_template("organizer/banks/list.html", banks=questions.listed(), kinds=GRADED)


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


def own_bank_or_back(bank_id: int, back: str = "") -> BankRow:
    """The bank of that id; of a shipped one, which nobody changes, back to its page or to where is said."""
    found = bank_or_404(bank_id)
    if found.is_shipped:
        flash("这个题库随系统提供，升级时会更新，不能改。要改题，请先复制成自己的题库。", "error")
        abort(redirect(back or url_for(".bank", bank_id=bank_id), code=303))
    return found


def _preview(form: BankUploadForm) -> int | None:
    """The import's id, or None with the form saying why the file could not be taken."""
    content, name = uploaded(form.file) if form.source is form.file else _pasted(form)
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
    return None if unreadable(import_id, form.source, actor, now) else import_id


def _pasted(form: BankUploadForm) -> tuple[bytes, str]:
    """Pasted text as if it were a file."""
    return (form.text.data or "").encode("utf-8", "replace"), "粘贴的试题.txt"
