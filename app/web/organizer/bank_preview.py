"""The preview of a bank: naming columns, leaving questions out, and taking a whole import back."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations import preview_changes, uploads
from app.operations.uploads import NOTHING_TO_UNDO
from app.queries import banks
from app.queries.imports import Preview, PreviewRow, Twin
from app.queries.pages import Page
from app.queries.undoing import undoing
from app.rules.invalid import Invalid
from app.rules.question import MOST_OPTIONS, Draft, letter
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.upload import as_item, import_or_404, serial_seen, uploads_folder

NOT_USED = ""
# What a column may be said to mean, in the order of the list.
MEANINGS = {
    NOT_USED: "不用",
    "stem": "题干",
    "key": "答案",
    **{f"option{place}": f"选项{letter(place)}" for place in range(MOST_OPTIONS)},
    "options": "全部选项（在一格里）",
    "kind_word": "题型",
    "explanation": "解析",
    "source": "依据",
    "topic": "知识点",
    "difficulty": "难度",
    "number": "题号",
}


@bp.post("/imports/<int:import_id>/columns")
@role_required(Role.ORGANIZER)
def import_columns(import_id: int) -> ResponseReturnValue:
    """Read the file again with its columns meaning what the form says."""
    preview = import_or_404(import_id)
    by_hand = dict(_sheets(preview))
    try:
        if missing := [name for name, said in by_hand.items() if said["columns"] and "stem" not in said["columns"]]:
            where = f"工作表“{missing[0]}”里" if missing[0] else ""
            raise Invalid(f"{where}还没有指明哪一列是题干，请选一列。")
        actor = access.actor().user_id
        preview_changes.read_again(import_id, by_hand, folder=uploads_folder(), actor=actor, now=utc_now())
    except Invalid as error:
        flash("".join(error.messages), "error")
    else:
        flash("已按您指定的列重新读取。", "info")
    return redirect(url_for(".import_preview", import_id=import_id), code=303)


@bp.post("/imports/<int:import_id>/rows/<int:position>/choice")
@role_required(Role.ORGANIZER)
def import_choice(import_id: int, position: int) -> ResponseReturnValue:
    """Take one question, or leave it out."""
    preview = import_or_404(import_id)
    chosen = request.form.get("chosen") == "yes"
    try:
        actor, now = access.actor().user_id, utc_now()
        preview_changes.choose_row(import_id, position, chosen, serial=serial_seen(), actor=actor, now=now)
    except Invalid as error:
        flash("".join(error.messages), "error")
    return redirect(_back(preview, position), code=303)


@bp.route("/imports/<int:import_id>/undo", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def import_undo(import_id: int) -> ResponseReturnValue:
    """Take the questions of an import out of their bank again, after saying what goes with them."""
    preview, going = import_or_404(import_id), undoing(import_id)
    if request.method == "GET":
        if going:
            return render_template("organizer/imports/undo.html", preview=preview, going=going)
        flash(NOTHING_TO_UNDO, "error")
        return redirect(url_for(".import_preview", import_id=import_id), code=303)
    try:
        count = uploads.undo_import(import_id, actor=access.actor().user_id, now=utc_now())
    except Invalid as error:
        flash("".join(error.messages), "error")
    else:
        flash(f"已撤销，这次导入的{count}题都不在题库里了。已经发布的竞赛不受影响。", "info")
    return redirect(url_for(".import_preview", import_id=import_id), code=303)


def shown(preview: Preview, page: Page[PreviewRow]) -> dict[str, Any]:
    """What the page of a bank's preview shows besides the list: the open question, its twins, the columns."""
    row = _open(page, request.args.get("row", ""))
    return {
        "shown": row,
        "item": as_item(row.draft, row.row or 0) if row and row.draft else None,
        "twins": beside(preview, row),
        "tables": tables(preview),
        "meanings": MEANINGS,
    }


def tables(preview: Preview) -> list[dict[str, Any]]:
    """How each sheet's columns were understood, as the form shows them: title, an example, meaning."""
    shown = []
    for place, sheet in enumerate(preview.columns):
        meanings = {column: name for name, column in sheet["meanings"].items()}
        sample = sheet["sample"] + [""] * len(sheet["titles"])
        columns = [
            {
                "name": f"s{place}-c{column}",
                "title": title,
                "sample": sample[column],
                "meaning": meanings.get(column, ""),
            }
            for column, title in enumerate(sheet["titles"])
            if title or sample[column] or column in meanings
        ]
        facts = {"name": sheet["sheet"], "row": sheet["row"] + 1, "has_titles": sheet.get("has_titles", True)}
        shown.append(facts | {"place": place, "columns": columns})
    return shown


def beside(preview: Preview, row: PreviewRow | None) -> list[dict[str, Any]]:
    """The questions that a row is nearly alike to, as they are shown below it."""
    found = []
    for twin in row.twins if row else ():
        where, number, draft = _other(preview, twin)
        if draft is not None:
            item = as_item(draft, number)
            found.append({"where": where, "percent": twin.percent, "item": item, "draft": draft})
    return found


def _other(preview: Preview, twin: Twin) -> tuple[str, int, Draft | None]:
    """Where a twin stands, the number that it is shown with, and the question."""
    if twin.number is not None:
        stored = banks.question(preview.bank_id, twin.number) if preview.bank_id is not None else None
        return f"题库第{twin.number}题", twin.number, stored.draft if stored else None
    row = preview.row(twin.position) if twin.position is not None else None
    return twin.place, (row.row or 0) if row else 0, row.draft if row else None


def _open(page: Page[PreviewRow], place: str) -> PreviewRow | None:
    """The row shown as the candidate sees it: the one asked for, else the first to look at, else the first."""
    shown = [row for row in page.rows if row.draft]
    asked = [row for row in shown if row.place == place]
    doubtful = [row for row in shown if row.verdict != "ok"]
    return next(iter([*asked, *doubtful, *shown]), None)


def _sheets(preview: Preview) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the form says of each sheet; the first column of each meaning wins."""
    for place, sheet in enumerate(preview.columns):
        columns: dict[str, int] = {}
        for column in range(len(sheet["titles"])):
            meaning = request.form.get(f"s{place}-c{column}", NOT_USED)
            if meaning != NOT_USED and meaning in MEANINGS:
                columns.setdefault(meaning, column)
        has_titles = f"s{place}-no-titles" not in request.form
        yield sheet["sheet"], {"row": sheet["row"], "columns": columns, "has_titles": has_titles}


def _back(preview: Preview, position: int) -> str:
    """The page of the preview that the form came from, with this question open."""
    only, page = request.form.get("only") or None, request.form.get("page") or None
    row = preview.row(position)
    if row is None:
        return url_for(".import_preview", import_id=preview.id, only=only, page=page)
    return url_for(".import_preview", import_id=preview.id, row=row.place, only=only, page=page, _anchor="question")
