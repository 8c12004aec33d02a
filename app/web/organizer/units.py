"""单位: the tree in 机构序列, and importing it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from app.extensions import utc_now
from app.operations import uploads
from app.queries import people
from app.queries.people import UnitNode
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.upload import unreadable, uploaded, uploads_folder


class UnitsUploadForm(FlaskForm):
    """One spreadsheet of units."""

    file = FileField("单位表", validators=[FileRequired("请选择文件。")])


@bp.get("/units")
@role_required(Role.ORGANIZER)
def units() -> ResponseReturnValue:
    """All units, each parent before its children, with how many people they have."""
    tree = people.unit_tree()
    return render_template("organizer/units/list.html", units=tree, **head_counts(tree))


@bp.route("/units/upload", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def units_upload() -> ResponseReturnValue:
    """Upload a list of units; nothing is written before it has been looked at."""
    form = UnitsUploadForm()
    if form.validate_on_submit():
        content, name = uploaded(form.file)
        actor, now = access.actor().user_id, utc_now()
        import_id = uploads.preview_units(content, name, folder=uploads_folder(), actor=actor, now=now)
        if not unreadable(import_id, form.file, actor, now):
            return redirect(url_for(".import_preview", import_id=import_id), code=303)
    return render_template("organizer/units/upload.html", form=form)


def head_counts(tree: list[UnitNode]) -> dict[str, int]:
    """`heads` in units, from whom rosters are taken, and apart from them `unassigned`, who belong to none."""
    return {"heads": sum(unit.total for unit in tree if unit.depth == 0), "unassigned": people.unassigned()}
