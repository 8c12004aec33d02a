"""What the pages around an uploaded file share: finding it, its bytes, and its questions as items."""

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import abort, current_app, request

from app.operations import uploads
from app.queries import imports
from app.queries.imports import Preview
from app.rules.question import Draft, Picture, letter


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


def serial_seen() -> int:
    """The serial of the reading that a form was made from; that of the first one when it tells none."""
    told = request.form.get("serial", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else -1


def uploads_folder() -> Path:
    """Where uploaded bytes are kept."""
    folder: Path = current_app.config["SETTINGS"].instance_dir / "uploads"
    return folder


def uploaded(field: Any) -> tuple[bytes, str]:
    """The bytes of a file field and the name they came under."""
    return field.data.read(), field.data.filename or "未命名"


def unreadable(import_id: int, field: Any, actor: int, now: datetime) -> bool:
    """Whether a file was refused as a whole. The field then says why, and the empty preview is thrown away.

    A table whose columns nobody knows is not refused: its preview asks what they mean.
    """
    preview = imports.one(import_id)
    errors = [problem.message for problem in preview.problems if problem.level == "error"] if preview else []
    if preview is None or preview.kept_rows or preview.columns or not errors:
        return False
    uploads.discard_import(import_id, actor=actor, now=now)
    field.errors = [message if message.endswith("。") else f"{message}。" for message in errors]
    return True


def as_item(draft: Draft, index: int) -> dict[str, Any]:
    """A question as the macros show an item."""
    options = [
        {"letter": letter(place), "text": text, "value": place, "pictures": pictures_at(draft, place)}
        for place, text in enumerate(draft.options)
    ]
    shown = {"index": index, "kind": str(draft.kind), "stem": draft.stem, "options": options}
    return shown | {"pictures": pictures_at(draft, None)}


def pictures_at(draft: Draft, place: int | None) -> list[Picture]:
    """The pictures of an option, or of the stem."""
    return [picture for picture in draft.pictures if picture.option == place]
