"""The mark of a browser, by which wrong tries pause whoever makes them and not the office around.

It says nothing of a person and opens nothing: a signed number, and of the names that entered here a keyed digest each,
so that an attack on a name elsewhere does not slow down the device that its owner uses.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from app.operations.tries import Device

COOKIE = "zhisai_device"
LASTS = 180 * 24 * 3600
KNOWN = 8  # names; a computer that more people share has none of them for its own


@dataclass(frozen=True)
class _Mark:
    number: str
    known: tuple[str, ...] = ()


def register(app: Flask) -> None:
    """To be registered once: pages that asked for the mark leave it in the browser."""
    app.after_request(_leave)


def leave_mark() -> None:
    """See to it that this browser has a mark when it comes back with what is filled in."""
    _mark()


def device(way: str, name: str) -> Device:
    """The browser that a name is tried from; whoever drops the mark comes with a new one."""
    mark = _mark()
    return Device(mark.number, _digest(way, name) in mark.known)


def remember(way: str, name: str) -> None:
    """This name was right here."""
    mark, known = _mark(), _digest(way, name)
    if known not in mark.known:
        g.device = replace(mark, known=(known, *mark.known)[:KNOWN])


def _mark() -> _Mark:
    if "device" not in g:
        g.device = _read() or _Mark(secrets.token_urlsafe(12))
    mark: _Mark = g.device
    return mark


def _read() -> _Mark | None:
    try:
        number, known = _signer().loads(request.cookies.get(COOKIE, ""))
    except (BadData, ValueError, TypeError):
        return None
    return _Mark(number, tuple(known))


def _leave(response: Response) -> Response:
    if "device" in g and g.device != _read():
        response.set_cookie(
            COOKIE,
            _signer().dumps([g.device.number, list(g.device.known)]),
            max_age=LASTS,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SETTINGS"].is_secure,
        )
    return response


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="device")


def _digest(way: str, name: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"{way}\n{name.replace(' ', '')}".encode(), hashlib.sha256).hexdigest()[:16]
