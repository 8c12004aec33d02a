"""Taking a new password: whether the house's policy lets it, and what is kept of the ones before."""

from datetime import datetime

from app.models import User
from app.operations.passwords import Hasher
from app.operations.spelling import pinyin
from app.rules.password import Policy, WeakPassword, check_password


def hashed(password: str, login: str, user: User | None, policy: Policy, hasher: Hasher) -> str:
    """What is to be stored of a new password. Raises WeakPassword for one that is easily guessed or was used before."""
    own = (user.name, pinyin(user.name), user.phone or "") if user else ()
    check_password(password, (login, *own), policy)
    before = _before(user)[: policy.remembered] if user else []
    if any(hasher.matches(kept, password) for kept in before):
        told = f"最近{policy.remembered}次用过的密码不能再用" if policy.remembered > 1 else "新密码和现在的一样"
        raise WeakPassword(f"{told}，请换一个。")
    return hasher.hashed(password)


def keep(user: User, new: str, policy: Policy, now: datetime) -> None:
    """Let this be the person's password from now on, inside the transaction that is open."""
    user.earlier_passwords = _before(user)[: max(0, policy.remembered - 1)] or None
    user.password_hash, user.password_set_at = new, now


def _before(user: User) -> list[str]:
    present = [user.password_hash] if user.password_hash else []
    return present + (user.earlier_passwords or [])
