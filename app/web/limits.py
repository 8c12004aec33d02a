"""How much a request may bring, and which ids can exist."""

from flask import Flask, request
from werkzeug.routing import IntegerConverter

LARGEST_UPLOAD = 21 * 1024 * 1024
UPLOADS = frozenset({"organizer.bank_upload", "organizer.units_upload", "organizer.people_upload"})


class Id(IntegerConverter):
    """A number that a row can have on both databases; a larger one is simply not found."""

    def __init__(self, map: object, **options: object) -> None:
        super().__init__(map, **({"max": 2**31 - 1} | options))  # type: ignore[arg-type]  # werkzeug's own signature


def register(app: Flask) -> None:
    """To be registered before anything reads a form."""
    app.url_map.converters["int"] = Id
    app.before_request(_allow_uploads)


def _allow_uploads() -> None:
    if request.endpoint in UPLOADS:
        request.max_content_length = LARGEST_UPLOAD
        request.max_form_memory_size = LARGEST_UPLOAD
