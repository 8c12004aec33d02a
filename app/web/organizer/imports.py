"""导入预览: what a file would do, row by row, before anything is written; and the templates to fill in."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.formats.templates import TEMPLATES, write_template
from app.operations import uploads
from app.queries import imports
from app.queries.imports import Preview, PreviewRow
from app.queries.pages import Page
from app.rules.invalid import Invalid
from app.rules.question import Draft, letter
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp

SHOWN = {"bank": 15, "units": 50, "people": 50}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/imports/<int:import_id>")
@role_required(Role.ORGANIZER)
def import_preview(import_id: int) -> ResponseReturnValue:
    """The verdict of every row, and what a confirmation would write."""
    preview = import_or_404(import_id)
    only = request.args.get("only", "all")
    page = preview.page(only=only, number=page_number(), size=SHOWN[preview.kind])
    shown = _open(page, request.args.get("row", "")) if preview.kind == "bank" else None
    return render_template(
        f"organizer/imports/{'bank' if preview.kind == 'bank' else 'roster'}.html",
        preview=preview,
        page=page,
        only=only,
        shown=shown,
        item=as_item(shown.draft, shown.row or 0) if shown and shown.draft else None,
        has_sheets=len({row.sheet for row in preview.rows if row.row is not None}) > 1,
        titles=list(dict.fromkeys(title for row in preview.rows for title, text in row.cells if text)),
    )


@bp.post("/imports/<int:import_id>/confirmation")
@role_required(Role.ORGANIZER)
def import_confirmation(import_id: int) -> ResponseReturnValue:
    """Write what the preview showed; once, however often it is asked for."""
    import_or_404(import_id)
    try:
        confirmed = uploads.confirm_import(import_id, actor=access.actor().user_id, now=utc_now())
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
    flash(ALREADY[preview.state], "info")
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
}
UPLOAD = {"bank": ".bank_upload", "units": ".units_upload", "people": ".people_upload"}


def import_or_404(import_id: int) -> Preview:
    """The upload of that id; any organizer may finish what another began."""
    preview = imports.one(import_id)
    if preview is None:
        abort(404)
    return preview


def page_number() -> int:
    """The page that the address asks for; the first when it asks for nothing that is a number."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1


def uploads_folder() -> Path:
    """Where uploaded bytes are kept."""
    folder: Path = current_app.config["SETTINGS"].instance_dir / "uploads"
    return folder


def uploaded(field: Any) -> tuple[bytes, str]:
    """The bytes of a file field and the name they came under."""
    return field.data.read(), field.data.filename or "未命名"


def unreadable(import_id: int, field: Any, actor: int, now: datetime) -> bool:
    """Whether a file was refused as a whole. The field then says why, and the empty preview is thrown away."""
    preview = imports.one(import_id)
    errors = [problem.message for problem in preview.problems if problem.level == "error"] if preview else []
    if preview is None or preview.rows or not errors:
        return False
    uploads.discard_import(import_id, actor=actor, now=now)
    field.errors = [message if message.endswith("。") else f"{message}。" for message in errors]
    return True


def as_item(draft: Draft, index: int) -> dict[str, Any]:
    """A question as the macros show an item."""
    options = [{"letter": letter(place), "text": text, "value": place} for place, text in enumerate(draft.options)]
    return {"index": index, "kind": str(draft.kind), "stem": draft.stem, "options": options}


def told(kind: str, outcome: dict[str, Any]) -> str:
    """What an import did, in one sentence."""
    count = outcome.get
    if kind == "bank":
        repeated = f"，重复的{count('unchanged')}题没有再导入" if count("unchanged") else ""
        faulty = f"，有误的{count('skipped')}题没有导入" if count("skipped") else ""
        return f"已导入{count('added', 0)}题{repeated}{faulty}。"
    one = "个单位" if kind == "units" else "人"
    words = (("added", "新增"), ("changed", "更新"), ("left", "停用"), ("unchanged", "不变"), ("skipped", "有误未导入"))
    parts = [f"{word}{count(name)}{one}" for name, word in words if count(name)]
    kept = f"；{count('kept')}人不在文件里，但按预览所说保留" if count("kept") else ""
    return f"已导入：{'，'.join(parts)}{kept}。"


def _open(page: Page[PreviewRow], place: str) -> PreviewRow | None:
    """The row shown as the candidate sees it: the one asked for, else the first to look at, else the first."""
    shown = [row for row in page.rows if row.draft]
    asked = [row for row in shown if row.place == place]
    doubtful = [row for row in shown if row.verdict != "ok"]
    return next(iter([*asked, *doubtful, *shown]), None)


def _where(kind: str, outcome: dict[str, Any]) -> str:
    if kind == "bank":
        return url_for(".bank", bank_id=outcome["bank_id"])
    return url_for(".units" if kind == "units" else ".people")
