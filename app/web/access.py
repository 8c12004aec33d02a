"""Who sits before the browser, and what this person may open."""

import contextlib
import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Request, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.database import Disconnected, PoolExhausted, Unavailable, kept
from app.extensions import login, utc_now
from app.operations.presence import PRESENCE_NOTED_EVERY, note_presence
from app.operations.sign_ins import SIGN_IN_LASTS, digest
from app.queries import accounts
from app.queries.accounts import Person
from app.rules.password import Policy
from app.rules.roles import Role

COOKIE = "zhisai"
# Browsers drop control characters and read a backslash as a slash.
OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
ENDED = "您的登录已经结束：很久没有操作，或者已在别处退出。请重新登录，再接着做。"
View = TypeVar("View", bound=Callable[..., Any])


def register(app: Flask) -> None:
    """Tell Flask-Login who is signed in and where to send those who are not."""
    login.request_loader(_load)
    app.after_request(_note_presence)
    login.unauthorized_handler(_sign_in_first)
    app.context_processor(lambda: {"current_person": person()})


def person() -> Person | None:
    """The signed-in person, if there is one; nobody on a page that reports a broken database."""
    if g.get("is_broken"):
        return None
    return cast(Person, current_user._get_current_object()) if current_user.is_authenticated else None


def actor() -> Person:
    """The signed-in person, on a page that requires one."""
    who = person()
    if who is None:
        abort(401)
    return who


def role_required(role: Role) -> Callable[[View], View]:
    """Let only holders of the role in; others signed in see 403, strangers sign in first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            who = person()
            if who is None or who.is_limited:
                return _sign_in_first()
            if not who.may(role):
                abort(403)
            if _is_arriving() and password_is_due(who.user_id):
                return change_password_first()
            return view(*args, **kwargs)

        return cast(View, guarded)

    return decorate


def policy() -> Policy:
    """What this house asks of passwords."""
    found: Policy = current_app.config["SETTINGS"].password_policy
    return found


def password_is_due(user_id: int) -> bool:
    """Whether the person is asked for another password before going on."""
    return accounts.password_is_due(user_id, policy(), utc_now())


def change_password_first(target: str | None = None) -> ResponseReturnValue:
    """To the page that changes it, and from there to where the person wanted to go."""
    return redirect(url_for("account.password", next=target or _here()), code=303)


def remember(response: Response, token: str) -> Response:
    """Put a new sign-in into the browser; the form session is begun anew, so that nothing of the last person stays."""
    session.clear()
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SIGN_IN_LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].is_secure,
    )
    return response


def forget(response: Response) -> Response:
    """Take the sign-in out of the browser."""
    session.clear()
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=current_app.config["SETTINGS"].is_secure)
    return response


def token_digest() -> str:
    """The digest of the sign-in that this request carries; of nothing when it carries none."""
    return digest(request.cookies.get(COOKIE, ""))


def earlier() -> str:
    """The digest of the sign-in that a new one replaces in this browser; empty when it carries none."""
    return token_digest() if COOKIE in request.cookies else ""


def origin() -> str:
    """Where a request comes from, for counting failed tries. Of IPv6 the network: a machine has as many as it likes."""
    found = request.remote_addr or "?"
    with contextlib.suppress(ValueError):
        address = ipaddress.IPv6Address(found)
        within = ipaddress.IPv6Network((int(address) >> 64 << 64, 64))
        return str(address.ipv4_mapped or within)
    return found


def own_path(target: str | None) -> str | None:
    """`target` if it is a path of this site, else None: nobody is sent elsewhere."""
    return target if target and OWN_PATH.fullmatch(target) else None


def _load(incoming: Request) -> Person | None:
    if g.get("is_broken"):  # the page that reports it asks for the person too
        return None
    token, now = incoming.cookies.get(COOKIE), utc_now()
    who = accounts.signed_in(digest(token), now, _idle()) if token else None
    g.seen = (who, now) if who and now - who.seen_at >= PRESENCE_NOTED_EVERY else None
    return who


def _idle() -> timedelta:
    return timedelta(minutes=current_app.config["SETTINGS"].idle_minutes)


def _note_presence(response: Response) -> Response:
    """Remember, at most once a minute, that this browser was here; saves alone write nothing but the sheet."""
    if (seen := g.get("seen")) is None or g.get("is_broken"):
        return response
    (who, now), failed = seen, kept("presence")
    if now - failed.get("at", NEVER) >= PRESENCE_NOTED_EVERY:
        try:
            note_presence(who.sign_in_digest, idle=_idle(), now=now)
        except (Unavailable, Disconnected, PoolExhausted):
            failed["at"] = now  # a full or locked disk must not hold up the pages that can still be read
    return response


def _sign_in_first() -> ResponseReturnValue:
    if request.method != "GET":
        abort(401)
    if COOKIE in request.cookies and person() is None:
        flash(ENDED, "info")
    return redirect(url_for("account.sign_in", next=_here()), code=303)


def _here() -> str:
    return request.full_path.rstrip("?")


def _is_arriving() -> bool:
    """Whether a person opens a page: what is being sent, or fetched by a page that is open, is let through."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
