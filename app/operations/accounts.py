"""Accounts: one-time links, passwords, roles."""

import re
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.models import Activation, Grant, SignIn, User
from app.operations import new_passwords, passwords, throttles
from app.operations.audit import record
from app.operations.sign_ins import SignedIn, digest, new_sign_in
from app.operations.spelling import sort_key
from app.queries import accounts as questions
from app.rules.admission import Reason, Refusal
from app.rules.invalid import Invalid
from app.rules.password import DEFAULT_POLICY, Policy
from app.rules.roles import Role

LINK_LASTS = timedelta(days=7)
LOGIN = re.compile(r"[A-Za-z0-9._@-]{3,60}")
LOGIN_RULE = "账号用3到60位字母、数字、点、横线，不留空格。"
LOGIN_TAKEN = "这个账号已经有人用了，请换一个。"


class LoginTaken(ValueError):
    """Another person has this login already."""


def make_setup_link(*, now: datetime) -> str | None:
    """A one-time token that makes the first administrator; None once there is one. Older ones stop working."""
    if questions.has_administrator():
        return None
    with writing():
        db.session.execute(
            sa.update(Activation).where(Activation.user_id.is_(None), Activation.used_at.is_(None)).values(used_at=now)
        )
        return _new_link(None, now)


def make_account(name: str, login: str, role: Role | None, *, actor: int | None, now: datetime) -> tuple[int, str]:
    """Make a person with an account and return the id and the one-time token with which the password is set.

    Raises LoginTaken, or Invalid for an empty name or a login that cannot be typed.
    """
    if not name.strip():
        raise Invalid("请写姓名。")
    try:
        with writing():
            _check_login(login, None)
            user = User(name=name, login=login, created_at=now, sort_key=sort_key(name))
            db.session.add(user)
            db.session.flush()
            if role is not None:
                _grant(user.id, role, actor, now)
            record(actor, "account.make", f"user:{user.id}", now, role=role)
            return user.id, _new_link(user.id, now)
    except IntegrityError:  # on PostgreSQL somebody else made it in the same instant
        raise LoginTaken(LOGIN_TAKEN) from None


def make_link(user_id: int, *, actor: int | None, now: datetime) -> str:
    """A new one-time token for this person to set login and password; older ones stop working."""
    with writing():
        db.session.execute(
            sa.update(Activation).where(Activation.user_id == user_id, Activation.used_at.is_(None)).values(used_at=now)
        )
        record(actor, "account.make_link", f"user:{user_id}", now)
        return _new_link(user_id, now)


def activate(
    token: str, *, name: str, login: str, password: str, now: datetime, policy: Policy = DEFAULT_POLICY
) -> SignedIn:
    """Use a one-time link: set login and password, sign in. Without a person it makes the first administrator.

    Raises Refusal LINK_USED, WeakPassword or LoginTaken; the link then stays usable.
    """
    link = questions.link(digest(token), now)
    if link is None:
        raise Refusal(Reason.LINK_USED)
    person = questions.by_id(link.user_id) if link.user_id else None
    with passwords.place() as hasher:  # before the transaction: it takes longer than the transaction may
        hashed = new_passwords.hashed(password, login, person, policy, hasher)
    with writing():
        claim = (
            sa.update(Activation)
            .where(Activation.digest == digest(token), Activation.used_at.is_(None), Activation.expires_at > now)
            .values(used_at=now)
            .returning(Activation.user_id)
        )
        claimed = db.session.execute(claim).one_or_none()
        if claimed is None:
            raise Refusal(Reason.LINK_USED)
        user_id = claimed.user_id
        _check_login(login, user_id)
        if user_id is None:
            if questions.has_administrator():
                raise Refusal(Reason.LINK_USED)
            user = User(name=name, login=login, created_at=now, sort_key=sort_key(name))
            db.session.add(user)
            db.session.flush()
            _grant(user.id, Role.ADMINISTRATOR, None, now)
        else:
            user = db.session.get_one(User, user_id)
            user.login = login
        new_passwords.keep(user, hashed, policy, now)
        _revoke_all(user.id, now)
        record(user.id, "account.activate", f"user:{user.id}", now)
        return SignedIn(new_sign_in(user.id, None, now), user.id)


def set_password(user_id: int, password: str, *, now: datetime, policy: Policy = DEFAULT_POLICY) -> None:
    """Set a password directly (command line). Every sign-in of the person ends. Raises WeakPassword."""
    user = questions.by_id(user_id)
    with passwords.place() as hasher:
        hashed = new_passwords.hashed(password, (user.login if user else None) or "", user, policy, hasher)
    with writing():
        new_passwords.keep(db.session.get_one(User, user_id), hashed, policy, now)
        _revoke_all(user_id, now)
        record(None, "account.set_password", f"user:{user_id}", now)


def change_password(user_id: int, old: str, new: str, *, now: datetime, policy: Policy = DEFAULT_POLICY) -> SignedIn:
    """Change the own password: every sign-in ends and a new one begins. Raises WeakPassword, Refusal WRONG_PASSWORD."""
    throttle = digest(f"password\n{user_id}")
    with passwords.place() as hasher:
        throttles.claim_try(throttle, now)
        user = questions.by_id(user_id)
        if user is None or not hasher.matches(user.password_hash, old):
            raise Refusal(Reason.WRONG_PASSWORD)
        with writing():
            throttles.forget_tries(throttle)  # what the policy refuses next is no guess at the old one
        hashed = new_passwords.hashed(new, user.login or "", user, policy, hasher)
    with writing():
        new_passwords.keep(db.session.get_one(User, user_id), hashed, policy, now)
        _revoke_all(user_id, now)
        record(user_id, "account.change_password", f"user:{user_id}", now)
        return SignedIn(new_sign_in(user_id, None, now), user_id)


def grant(user_id: int, role: Role, *, actor: int | None, now: datetime) -> None:
    """Give a role to a person; nothing happens when it is held already."""
    with writing():
        _grant(user_id, role, actor, now)


def revoke(user_id: int, role: Role, *, actor: int, now: datetime) -> bool:
    """Take a role back. False, and nothing happens, when it would leave the site without an administrator."""
    with writing():
        if role is Role.ADMINISTRATOR and questions.administrators() <= {user_id}:
            return False
        held = sa.update(Grant).where(Grant.user_id == user_id, Grant.role == role, Grant.ends_at.is_(None))
        db.session.execute(held.values(ends_at=now))
        record(actor, "grant.revoke", f"user:{user_id}", now, role=role)
        return True


def disable(user_id: int, *, actor: int | None, now: datetime) -> bool:
    """Take login and password from a person: every sign-in and every unused link ends at once, roles too.

    The person stays on every roster. False, and nothing happens, when the site would lose its last administrator.
    """
    with writing():
        if questions.administrators() <= {user_id}:
            return False
        user = db.session.get_one(User, user_id)
        user.login = user.password_hash = user.password_set_at = user.earlier_passwords = None
        _revoke_all(user_id, now)
        unused = sa.update(Activation).where(Activation.user_id == user_id, Activation.used_at.is_(None))
        db.session.execute(unused.values(used_at=now))
        held = sa.update(Grant).where(Grant.user_id == user_id, Grant.ends_at.is_(None))
        db.session.execute(held.values(ends_at=now))
        record(actor, "account.disable", f"user:{user_id}", now)
        return True


def _new_link(user_id: int | None, now: datetime) -> str:
    token = secrets.token_urlsafe(24)
    db.session.add(Activation(digest=digest(token), user_id=user_id, created_at=now, expires_at=now + LINK_LASTS))
    return token


def _revoke_all(user_id: int, now: datetime) -> None:
    live = sa.update(SignIn).where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
    db.session.execute(live.values(revoked_at=now))


def _grant(user_id: int, role: Role, actor: int | None, now: datetime) -> None:
    held = sa.select(Grant.id).where(Grant.user_id == user_id, Grant.role == role, Grant.ends_at.is_(None))
    if db.session.scalar(held) is None:
        db.session.add(Grant(user_id=user_id, role=role, granted_by=actor, starts_at=now))
        record(actor, "grant.give", f"user:{user_id}", now, role=role)


def _check_login(login: str, user_id: int | None) -> None:
    if not LOGIN.fullmatch(login):
        raise Invalid(LOGIN_RULE)
    owner = db.session.scalar(sa.select(User.id).where(User.login == login))
    if owner is not None and owner != user_id:
        raise LoginTaken(LOGIN_TAKEN)
