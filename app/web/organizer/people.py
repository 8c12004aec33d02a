"""人员: who is here, found by name or unit, and importing them."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from app.extensions import utc_now
from app.operations import uploads
from app.queries import people as questions
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.units import head_counts
from app.web.organizer.upload import page_number, unreadable, uploaded, uploads_folder

NO_UNIT = "none"
MODES = {
    "supplement": ("补充", "只新增和更新文件里的人，其他人不动。平时用这个。"),
    "replace": (
        "全量替换",
        "文件里出现的单位，以文件为准：这些单位里没有列出的人会停用，不再列入以后的竞赛名单。"
        "有过答卷的人和别的单位的人不动。要停用谁，下一步逐个列出，确认后才写入。",
    ),
}


class PeopleUploadForm(FlaskForm):
    """One spreadsheet of people, and what becomes of those who are not in it."""

    mode = RadioField(
        "导入方式",
        choices=[SelectChoice(mode, word) for mode, (word, _) in MODES.items()],
        default="supplement",
    )
    file = FileField("人员表", validators=[FileRequired("请选择文件。")])


@bp.get("/people")
@role_required(Role.ORGANIZER)
def people() -> ResponseReturnValue:
    """A page of the people who are here."""
    tree = questions.unit_tree()
    asked = request.args.get("unit", "")
    unit = next((unit for unit in tree if str(unit.id) == asked), None)
    search = request.args.get("search", "").strip()[:100]
    without_unit = asked == NO_UNIT
    page = questions.people(
        search=search, unit_id=unit.id if unit else None, without_unit=without_unit, number=page_number()
    )
    return render_template(
        "organizer/people/list.html",
        units=tree,
        unit=unit,
        without_unit=without_unit,
        search=search,
        page=page,
        **head_counts(tree),
    )


@bp.route("/people/upload", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def people_upload() -> ResponseReturnValue:
    """Upload a list of people; nothing is written before it has been looked at."""
    form = PeopleUploadForm()
    if form.validate_on_submit():
        content, name = uploaded(form.file)
        actor, now = access.actor().user_id, utc_now()
        import_id = uploads.preview_people(
            content, name, mode=form.mode.data, folder=uploads_folder(), actor=actor, now=now
        )
        if not unreadable(import_id, form.file, actor, now):
            return redirect(url_for(".import_preview", import_id=import_id), code=303)
    hints = {mode: hint for mode, (_, hint) in MODES.items()}
    return render_template(
        "organizer/people/upload.html", form=form, hints=hints, has_units=bool(questions.unit_tree())
    )
