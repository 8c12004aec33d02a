"""Signing in and out: with an account, or by name for one contest."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.database import Moment, db, executed, grouped, table, taking, writing
from app.models import SignIn
from app.operations import passwords, throttles, tries
from app.operations.audit import record
from app.operations.tries import Device, Try
from app.queries import accounts as questions
from app.queries import contests
from app.rules.admission import Reason, Refusal

SIGN_IN_LASTS = timedelta(hours=12)


@dataclass(frozen=True)
class SignedIn:
    """A new sign-in; `token` goes into the cookie and is stored nowhere."""

    token: str
    user_id: int


def digest(token: str) -> str:
    """What is stored of a secret that travels in a cookie or a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(
    login: str, password: str, *, origin: str, now: datetime, replaces: str = "", device: Device | None = None
) -> SignedIn:
    """Sign in with an account. Raises Refusal WRONG_PASSWORD, TOO_MANY_TRIES, QUEUED or BUSY, alike for all logins.

    `origin` and `device` are where the try comes from, see throttles.py. `replaces` is the digest of the browser's
    earlier sign-in, which ends.
    """
    tried = tries.login(login, password, origin=origin, device=device)
    with passwords.place() as hasher:  # few are judged at once: counting after it gives a guesser hardly a guess more
        is_clear = throttles.is_clear(tried)
        is_first = None if is_clear else throttles.insisting(lambda: _claimed(tried, now))
        user_id, kept = questions.credentials(login)
        is_right = hasher.matches(kept, password)
        if user_id is not None and is_right and is_clear and (token := _let_in(user_id, tried, now, replaces)):
            return SignedIn(token, user_id)
        if is_first is None:
            is_first = throttles.insisting(lambda: _claimed(tried, now))
        if user_id is None or not is_right:
            throttles.count_failures(throttles.wrong_signs(tried, is_first), now)
            raise Refusal(Reason.WRONG_PASSWORD)
    with writing():
        throttles.succeed(tried, throttles.counted(tried))
        token = new_sign_in(user_id, None, now, replaces)
        record(user_id, "account.sign_in", f"user:{user_id}", now)
    return SignedIn(token, user_id)


def _let_in(user_id: int, tried: Try, now: datetime, replaces: str) -> str | None:
    """A new sign-in, as long as nobody has failed meanwhile: what nearly everybody gets; else None, and nothing."""
    token, made = _made(user_id, None, tried, now)
    with writing():
        if not executed(_NEW_SIGN_IN, made):
            return None
        if replaces:
            executed(_END, {"b_digest": replaces, "b_revoked_at": now})
        record(user_id, "account.sign_in", f"user:{user_id}", now)
    return token


def _claimed(tried: Try, now: datetime) -> bool:
    """Count the try; whether it is the first of its name from there."""
    with writing():
        rows = throttles.begin(tried, now)
        is_first = throttles.is_first(tried, rows)
        throttles.claim(tried, rows, now)
        return is_first


def enter(
    contest_id: int,
    name: str,
    tail: str,
    *,
    origin: str,
    now: datetime,
    user_id: int | None = None,
    replaces: str = "",
    device: Device | None = None,
) -> SignedIn | list[contests.Candidate]:
    """Sign in for one contest by name and the last four digits of the telephone.

    Returns the namesakes to choose from when several fit and `user_id` names none of them. Raises Refusal
    NOT_ON_ROSTER, TOO_MANY_TRIES, SLOWED or QUEUED. The sign-in opens this contest only, and none of the person's
    roles.
    """
    tried = tries.entry(name, origin=origin, device=device)
    found = contests.candidates(contest_id, name, tail)
    if user_id is not None:
        found = [candidate for candidate in found if candidate.user_id == user_id]
    if len(found) == 1 and not replaces:  # nearly everybody: one statement, as long as nobody failed here of late
        token, made = _made(found[0].user_id, contest_id, tried, now)
        if grouped(_NEW_SIGN_IN, made):
            return SignedIn(token, found[0].user_id)

    def judged() -> SignedIn | list[contests.Candidate]:
        """In one transaction with what is counted of it, so that tries made at once are all counted."""
        with writing():
            rows = throttles.begin(tried, now)
            if not found:
                throttles.fail(tried, rows, now)
                return []
            throttles.succeed(tried, rows)
            if len(found) > 1:
                return found
            return SignedIn(new_sign_in(found[0].user_id, contest_id, now, replaces), found[0].user_id)

    outcome = throttles.insisting(judged)
    if not outcome:
        throttles.sweep(now)
        raise Refusal(Reason.NOT_ON_ROSTER)
    return outcome


def sign_out(token_digest: str, *, now: datetime) -> None:
    """End a sign-in for good: a copy of its cookie is dead from now on."""
    with writing():
        db.session.execute(
            sa.update(SignIn).where(SignIn.digest == token_digest, SignIn.revoked_at.is_(None)).values(revoked_at=now)
        )


def new_sign_in(user_id: int, contest_id: int | None, now: datetime, replaces: str = "") -> str:
    """The token of a new sign-in, in the transaction that is open; what it replaces ends."""
    if replaces:
        executed(_END, {"b_digest": replaces, "b_revoked_at": now})
    token = secrets.token_urlsafe(32)
    row = SignIn(digest=digest(token), user_id=user_id, contest_id=contest_id, created_at=now, seen_at=now)
    row.expires_at = now + SIGN_IN_LASTS
    db.session.add(row)
    return token


_sign_ins = table(SignIn)
_END = (
    sa.update(_sign_ins)
    .where(_sign_ins.c.digest == sa.bindparam("b_digest"), _sign_ins.c.revoked_at.is_(None))
    .values(taking(_sign_ins.c.revoked_at))
)
_NEW_SIGN_IN = sa.insert(_sign_ins).from_select(
    ["digest", "user_id", "contest_id", "created_at", "seen_at", "expires_at"],
    sa.select(
        sa.bindparam("b_digest", type_=sa.String),
        sa.bindparam("b_user", type_=sa.Integer),
        sa.bindparam("b_contest", type_=sa.Integer),
        sa.bindparam("b_now", type_=Moment),
        sa.bindparam("b_now", type_=Moment),
        sa.bindparam("b_ends", type_=Moment),
    ).where(~throttles.HAS_FAILED),
    include_defaults=False,
)


def _made(user_id: int, contest_id: int | None, tried: Try, now: datetime) -> tuple[str, dict[str, Any]]:
    """A token, and what _NEW_SIGN_IN needs to store it, for somebody whose try shares no failure with another."""
    token = secrets.token_urlsafe(32)
    person = {"b_digest": digest(token), "b_user": user_id, "b_contest": contest_id}
    return token, person | throttles.shared(tried) | {"b_now": now, "b_ends": now + SIGN_IN_LASTS}
