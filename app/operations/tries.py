"""What a try with a name and a secret is counted by; throttles.py says what follows."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

# How many different names may fail from one address: 300 people in one office, each of whom mistypes once.
NAMES_OF_AN_ADDRESS = 300
LOGINS_OF_AN_ADDRESS = 100
FAILURES_OF_A_PASSWORD = 30


@dataclass(frozen=True)
class Device:
    """The mark that a browser carries; `is_known` when the name that is tried has been right there before."""

    mark: str
    is_known: bool = False


@dataclass(frozen=True)
class Sign:
    """What failures may have in common. Over `allowed`, further tries with it are let through one by one."""

    digest: str
    allowed: int
    subject: str  # for the audit


@dataclass(frozen=True)
class Law:
    """How many wrong tries of one name an address is free to make in a day, and how often it may go on after them."""

    free: int
    every: timedelta


ENTRY, LOGIN = Law(20, timedelta(minutes=30)), Law(20, timedelta(seconds=10))


@dataclass(frozen=True)
class Try:
    """A name and a secret, tried from somewhere: the digests by which it is counted, and the name for the audit."""

    device: str
    lane: str
    name: str
    law: Law
    signs: tuple[Sign, ...]
    origin: str
    way: str
    typed: str

    @property
    def digests(self) -> list[str]:
        return [self.device, self.lane, self.name, *(sign.digest for sign in self.signs)]


def digest_of(*parts: str) -> str:
    """What is kept of names, addresses and the like."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def address(origin: str, way: str, allowed: int) -> Sign:
    """The address that tries come from, by this way of entering."""
    return Sign(digest_of("address", way, origin), allowed, f"origin:{origin}")


def password(typed: str) -> Sign:
    """A password that may be tried on many accounts. 20 bits of its digest are kept, too few to find it by."""
    return Sign(digest_of("password", digest_of(typed)[:5]), FAILURES_OF_A_PASSWORD, "password")


def entry(name: str, *, origin: str, device: Device | None = None) -> Try:
    """A try with a name and four digits. Blanks make no new name; without a mark the address is the device."""
    signs = (address(origin, "entry", NAMES_OF_AN_ADDRESS),)
    return _try("entry", name, ENTRY, signs, origin, device)


def login(name: str, typed: str, *, origin: str, device: Device | None = None) -> Try:
    """A try with a login and a password; the rest as for an entry."""
    signs = (address(origin, "login", LOGINS_OF_AN_ADDRESS), password(typed))
    return _try("login", name, LOGIN, signs, origin, device)


def _try(way: str, typed: str, law: Law, signs: tuple[Sign, ...], origin: str, device: Device | None) -> Try:
    name, mark = typed.replace(" ", ""), device.mark if device else origin
    lane = digest_of("known", way, name, mark) if device and device.is_known else digest_of("lane", way, name, origin)
    by_device, by_name = digest_of("device", way, name, mark), digest_of("name", way, name)
    return Try(by_device, lane, by_name, law, signs, origin, way, typed)
