"""What a person reads when something is refused or goes wrong."""

import contextlib
import errno
import logging

from flask import Flask, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.database import Disconnected, PoolExhausted, Unavailable, db
from app.rules.causes import cause, place

log = logging.getLogger("zhisai")
OUT_OF_REACH = (Unavailable, Disconnected, PoolExhausted)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE)
PAGES = (400, 401, 403, 404, 405, 413, 429, 500, 503)


def register(app: Flask) -> None:
    """Answer every error with a page that says what to do next."""
    app.before_request(_refuse_nul)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _expired)
    for kind in OUT_OF_REACH:
        app.register_error_handler(kind, _busy)
    app.register_error_handler(OSError, _no_room)
    app.register_error_handler(Exception, _ours)


def _refuse_nul() -> None:
    """No text of ours contains U+0000, and PostgreSQL stores none: whoever sends one is probing."""
    args, form = request.args, request.form
    if "\x00" in "".join((request.path, *args.values(), *args, *form.values(), *form)):
        abort(400)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error
    return _page(code if code in PAGES else 400 if code < 500 else 500, code)


def _expired(error: CSRFError) -> ResponseReturnValue:
    log.info("form without a valid token: %s %s", request.method, request.endpoint)
    return _page(400, 400)


def _busy(error: Exception) -> ResponseReturnValue:
    _without_database()
    log.error("database busy or unreachable: %s (%s)", type(error).__name__, cause(error))
    return render_template("errors/503.html"), 503, {"Retry-After": "5"}


def _no_room(error: OSError) -> ResponseReturnValue:
    """An upload that finds the disk full should come again, like everything else that finds it full."""
    return _busy(error) if error.errno in NO_ROOM else _ours(error)


def _without_database() -> None:
    """From here on the page is made without asking the database anything: it may be what is broken."""
    g.is_broken = True
    with contextlib.suppress(Exception):
        db.session.rollback()


def _ours(error: Exception) -> ResponseReturnValue:
    _without_database()
    log.error("unhandled in %s %s: %s", request.method, request.endpoint, place(error))
    return _page(500, 500)


def _page(page: int, code: int) -> ResponseReturnValue:
    try:
        return render_template(f"errors/{page}.html"), code
    except OUT_OF_REACH as error:  # the frame of a page asks the database, too
        return _busy(error)
    except Exception as error:  # the page names the site and the person, and just that may be out of reach
        log.error("a page for %s needed the database: %s", code, type(error).__name__)
        _without_database()
        return render_template(f"errors/{page}.html"), code
