"""导入预览: what a file would do, row by row, before anything is written; and the templates to fill in."""

from io import BytesIO
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.formats.templates import TEMPLATES, write_template
from app.operations import uploads
from app.rules.invalid import Invalid
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bank_preview, bp
from app.web.organizer.upload import import_or_404, page_number, serial_seen

SHOWN = {"bank": 15, "units": 50, "people": 50}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/imports/<int:import_id>")
@role_required(Role.ORGANIZER)
def import_preview(import_id: int) -> ResponseReturnValue:
    """The verdict of every row, and what a confirmation would write."""
    preview = import_or_404(import_id)
    only = request.args.get("only", "all")
    page = preview.page(only=only, number=page_number(), size=SHOWN[preview.kind])
    has_sheets = len({row["sheet"] for row in preview.kept_rows if row["row"] is not None}) > 1
    facts: dict[str, Any] = {"preview": preview, "page": page, "only": only, "has_sheets": has_sheets}
    if preview.kind == "bank":
        return render_template("organizer/imports/bank.html", **facts, **bank_preview.shown(preview, page))
    titles = list(dict.fromkeys(title for row in preview.rows for title, text in row.cells if text))
    return render_template("organizer/imports/roster.html", **facts, titles=titles)


@bp.post("/imports/<int:import_id>/confirmation")
@role_required(Role.ORGANIZER)
def import_confirmation(import_id: int) -> ResponseReturnValue:
    """Write what the preview showed; once, however often it is asked for."""
    import_or_404(import_id)
    try:
        approve = "approve" in request.form
        actor, now = access.actor().user_id, utc_now()
        confirmed = uploads.confirm_import(import_id, serial=serial_seen(), actor=actor, now=now, approve=approve)
    except Invalid as error:
        flash("".join(error.messages), "error")
        return redirect(url_for(".import_preview", import_id=import_id), code=303)
    if not confirmed.done:
        flash(ALREADY[confirmed.state], "info")
        return redirect(url_for(".import_preview", import_id=import_id), code=303)
    flash(told(confirmed.kind, confirmed.outcome), "info")
    return redirect(_where(confirmed.kind, confirmed.outcome), code=303)


@bp.post("/imports/<int:import_id>/discard")
@role_required(Role.ORGANIZER)
def import_discard(import_id: int) -> ResponseReturnValue:
    """Throw the preview away."""
    preview = import_or_404(import_id)
    if uploads.discard_import(import_id, actor=access.actor().user_id, now=utc_now()):
        flash(f"没有导入《{preview.file_name}》，什么也没有写入。", "info")
        return redirect(url_for(UPLOAD[preview.kind]), code=303)
    standing = import_or_404(import_id).state  # `preview` was read before somebody else decided
    flash(ALREADY[standing], "info")
    return redirect(url_for(".import_preview", import_id=import_id), code=303)


@bp.get("/templates/<name>")
@role_required(Role.ORGANIZER)
def template_file(name: str) -> ResponseReturnValue:
    """A workbook to fill in."""
    if name not in TEMPLATES:
        abort(404)
    return send_file(BytesIO(write_template(name)), XLSX, as_attachment=True, download_name=name)


ALREADY = {
    "confirmed": "这份文件已经导入过，这次没有再写入。",
    "discarded": "这份文件已经放弃，没有写入。要导入请重新上传。",
    "undone": "这份文件的导入已经撤销。要再导入请重新上传。",
}
UPLOAD = {"bank": ".bank_upload", "units": ".units_upload", "people": ".people_upload"}


def told(kind: str, outcome: dict[str, Any]) -> str:
    """What an import did, in one sentence."""
    count = outcome.get
    if kind == "bank":
        repeated = f"，重复的{count('unchanged')}题没有再导入" if count("unchanged") else ""
        faulty = f"，有误的{count('skipped')}题没有导入" if count("skipped") else ""
        left_out = f"，不选的{count('left')}题没有导入" if count("left") else ""
        waiting = "。这些题待审核，通过以后才会被抽到" if outcome.get("state") == "pending" else ""
        return f"已导入{count('added', 0)}题{repeated}{faulty}{left_out}{waiting}。"
    one = "个单位" if kind == "units" else "人"
    words = (("added", "新增"), ("changed", "更新"), ("left", "停用"), ("unchanged", "不变"), ("skipped", "有误未导入"))
    parts = [f"{word}{count(name)}{one}" for name, word in words if count(name)]
    kept = f"；{count('kept')}人不在文件里，但按预览所说保留" if count("kept") else ""
    return f"已导入：{'，'.join(parts)}{kept}。"


def _where(kind: str, outcome: dict[str, Any]) -> str:
    if kind == "bank":
        return url_for(".bank", bank_id=outcome["bank_id"])
    return url_for(".units" if kind == "units" else ".people")
