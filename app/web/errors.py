"""What a person reads when something is refused or goes wrong."""

import logging

from flask import Flask, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.database import Unavailable

log = logging.getLogger("zhisai")
PAGES = (400, 401, 403, 404, 405, 413, 429, 500, 503)


def register(app: Flask) -> None:
    """Answer every error with a page that says what to do next."""
    app.before_request(_refuse_nul)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(Unavailable, _busy)
    app.register_error_handler(Exception, _ours)


def _refuse_nul() -> None:
    """No text of ours contains U+0000, and PostgreSQL stores none: whoever sends one is probing."""
    texts = [request.path, *request.args.values(), *request.args, *request.form.values(), *request.form]
    if any("\x00" in text for text in texts):
        abort(400)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error
    return _page(code if code in PAGES else 400 if code < 500 else 500, code)


def _expired(error: CSRFError) -> ResponseReturnValue:
    log.info("form without a valid token: %s %s", request.method, request.endpoint)
    return _page(400, 400)


def _busy(error: Unavailable) -> ResponseReturnValue:
    log.error("database busy or unreachable: %s", type(error.orig).__name__)
    answer = _page(503, 503)
    return answer[0], 503, {"Retry-After": "5"}


def _ours(error: Exception) -> ResponseReturnValue:
    log.exception("unhandled in %s %s", request.method, request.endpoint)
    return _page(500, 500)


def _page(page: int, code: int) -> tuple[str, int]:
    return render_template(f"errors/{page}.html"), code
