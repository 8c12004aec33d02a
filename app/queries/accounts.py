"""Who somebody is and what the person may do."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.database import Moment, db, fetched, table
from app.models import Activation, Attempt, Contest, Grant, RosterEntry, SignIn, Site, Unit, User
from app.models.site import DAYS_KEPT
from app.rules.password import Policy, is_due
from app.rules.roles import Role, includes


@dataclass(frozen=True)
class Person:
    """Whoever sits before the browser. A sign-in by name is `limited` to one contest and holds no role.

    So is an account that was idle too long while a paper was open: it goes on answering, and does nothing else.
    """

    user_id: int
    name: str
    unit: str
    roles: frozenset[Role]
    contest_id: int | None
    contest_slug: str | None
    sign_in_digest: str
    has_password: bool
    seen_at: datetime

    # what Flask-Login asks
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.user_id)

    def may(self, role: Role) -> bool:
        return self.contest_id is None and includes(self.roles, role)

    @property
    def is_limited(self) -> bool:
        return self.contest_id is not None

    @property
    def is_organizer(self) -> bool:
        return self.may(Role.ORGANIZER)

    @property
    def is_administrator(self) -> bool:
        return self.may(Role.ADMINISTRATOR)


IDLE = timedelta(minutes=30)

# Built once, on tables: every page asks this.
_users, _sign_ins, _contests, _units = (table(each) for each in (User, SignIn, Contest, Unit))
_site, _grants = table(Site), table(Grant)
_SIGNED_IN = (
    sa.select(
        _users.c.id, _users.c.name, _users.c.password_hash.is_not(None), _units.c.name, _sign_ins.c.contest_id,
        _contests.c.slug, _sign_ins.c.seen_at,
    )
    .select_from(_users)
    .join(_sign_ins, _sign_ins.c.user_id == _users.c.id)
    .outerjoin(_contests, _contests.c.id == _sign_ins.c.contest_id)
    .outerjoin(_units, _units.c.id == _users.c.unit_id)
    .where(_sign_ins.c.digest == sa.bindparam("digest"), _sign_ins.c.revoked_at.is_(None), _users.c.left_at.is_(None))
    .where(_sign_ins.c.expires_at > sa.bindparam("now", type_=Moment))
)  # fmt: skip


def signed_in(digest: str, now: datetime, idle: timedelta = IDLE) -> Person | None:
    """The person behind a live sign-in. One not seen for longer than `idle` is over, unless a paper runs."""
    row = next(iter(fetched(_SIGNED_IN, {"digest": digest, "now": now})), None)
    if row is None:
        return None
    user_id, name, has_password, unit, contest_id, slug, seen_at = row
    if now - seen_at > idle:
        answering = _answering(user_id, contest_id, now, idle)
        if answering is None:
            return None
        contest_id, slug = answering
    held = frozenset[Role]() if contest_id is not None else roles(user_id, now)
    return Person(user_id, name, unit or "", held, contest_id, slug, digest, has_password, seen_at)


# A paper runs against its own clock: it keeps its sign-in until that has run out, and its result for a while after.
_ANSWERING = (
    sa.select(Contest.id, Contest.slug)
    .join(RosterEntry, RosterEntry.contest_id == Contest.id)
    .join(Attempt, Attempt.roster_entry_id == RosterEntry.id)
    .where(RosterEntry.user_id == sa.bindparam("user_id"))
    .where(
        sa.func.coalesce(Attempt.handed_in_at, Attempt.deadline, type_=Moment) > sa.bindparam("since", type_=Moment),
    )
    .order_by(Attempt.id.desc())
)


def _answering(user_id: int, contest_id: int | None, now: datetime, idle: timedelta) -> tuple[int, str] | None:
    """The contest, id and slug, on whose paper this person is working or has just worked."""
    rows = db.session.execute(_ANSWERING, {"user_id": user_id, "since": now - idle})
    return next(((found, slug) for found, slug in rows if contest_id in (None, found)), None)


_ROLES = sa.select(_grants.c.role).where(
    _grants.c.user_id == sa.bindparam("user_id"),
    _grants.c.starts_at <= sa.bindparam("now", type_=Moment),
    sa.or_(_grants.c.ends_at.is_(None), _grants.c.ends_at > sa.bindparam("now", type_=Moment)),
)


def roles(user_id: int, now: datetime) -> frozenset[Role]:
    """The roles that a person holds now."""
    rows = fetched(_ROLES, {"user_id": user_id, "now": now})
    return frozenset(Role(role) for (role,) in rows)


def password_is_due(user_id: int, policy: Policy, now: datetime) -> bool:
    """Whether the house asks this person for another password now; whoever has a paper open is asked after it."""
    if not policy.days:
        return False
    set_at = db.session.scalar(sa.select(User.password_set_at).where(User.id == user_id, User.login.is_not(None)))
    return is_due(set_at, policy, now) and _answering(user_id, None, now, timedelta()) is None


_CREDENTIALS = sa.select(_users.c.id, _users.c.password_hash).where(
    _users.c.login == sa.bindparam("login"), _users.c.left_at.is_(None)
)


def credentials(login: str) -> tuple[int | None, str | None]:
    """Who has that login and is still here, and the hash of the password; nobody and nothing otherwise."""
    return next(((user_id, kept) for user_id, kept in fetched(_CREDENTIALS, {"login": login})), (None, None))


def by_login(login: str) -> User | None:
    """The account of that login."""
    return db.session.scalars(sa.select(User).where(User.login == login)).one_or_none()


def by_id(user_id: int) -> User | None:
    """The person of that id."""
    return db.session.get(User, user_id)


def administrators() -> set[int]:
    """Ids of all who can sign in and set up this site now: a link that nobody has used yet makes no administrator."""
    select = (
        sa.select(Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .where(Grant.role == Role.ADMINISTRATOR, Grant.ends_at.is_(None))
        .where(User.password_hash.is_not(None), User.left_at.is_(None))
    )
    return set(db.session.scalars(select))


def has_administrator() -> bool:
    """Whether somebody has been made administrator yet."""
    return bool(administrators())


@dataclass(frozen=True)
class Link:
    """A one-time link that can still be used; `name` is empty for the first administrator's."""

    user_id: int | None
    name: str
    login: str
    unit: str


def link(digest: str, now: datetime) -> Link | None:
    """The one-time link behind a token's digest."""
    row = db.session.execute(
        sa.select(Activation.user_id, User.name, User.login, Unit.name)
        .outerjoin(User, User.id == Activation.user_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(Activation.digest == digest, Activation.used_at.is_(None), Activation.expires_at > now)
    ).one_or_none()
    return Link(row[0], row[1] or "", row[2] or "", row[3] or "") if row else None


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role, as the administrator lists them."""

    user_id: int
    name: str
    login: str
    unit: str
    role: Role
    since: datetime
    is_activated: bool


def holders() -> list[Holder]:
    """Everybody who holds a role now, administrators first."""
    rows = db.session.execute(
        sa.select(User.id, User.name, User.login, Unit.name, Grant.role, Grant.starts_at, User.password_hash)
        .join(Grant, Grant.user_id == User.id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(Grant.ends_at.is_(None))
        .order_by(Grant.role, User.sort_key, User.id)
    )
    return [
        Holder(user_id, name, login or "", unit or "", Role(role), since, hashed is not None)
        for user_id, name, login, unit, role, since, hashed in rows
    ]


@dataclass(frozen=True)
class SiteWords:
    """What the site says of itself; sensible words before an administrator has set them."""

    name: str = "网络知识竞赛"
    organizer: str = ""
    phone: str = ""
    phone_hours: str = ""
    icp: str = ""
    retention_days: int = DAYS_KEPT


_SITE = sa.select(*(_site.c[field.name] for field in fields(SiteWords)))


def site() -> SiteWords:
    """What the site says of itself."""
    return next((SiteWords(*row) for row in fetched(_SITE, {})), SiteWords())
