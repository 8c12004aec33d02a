"""How values look on a page, and what every template may use."""

from collections.abc import MutableMapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask.templating import Environment

from app.database import kept
from app.queries import accounts
from app.rules import prose, rates
from app.rules.masking import mask_phone

SITE_WORDS = ("name", "organizer", "phone", "phone_hours", "icp")


class Templates(Environment):
    """Flask's, with plain globals: each import of a macro compares their names, which a chain of maps does slowly."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def register(app: Flask) -> None:
    """Add the filters and the values that every page needs."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "moment": prose.day_and_time,
        "moment_full": prose.full_moment,
        "period": prose.period,
        "clock": clock,
        "day": day,
        "duration": prose.length,
        "score": rates.points,
        "percent": percent,
        "masked": mask_phone,
        "fours": fours,
        "thousands": thousands,
    }
    app.extensions["static_version"] = _newest(Path(app.static_folder or ""))
    app.jinja_env.globals |= {"url_for": address, "asset": asset}
    app.context_processor(lambda: {"site": site_words()})


def site_words() -> dict[str, str]:
    """What the site says of itself; the words last read when the database cannot be asked. Asked once a request."""
    if "site_words" not in g:
        words = kept("site")
        if not g.get("is_broken"):
            site = accounts.site()
            words.update({name: getattr(site, name) for name in SITE_WORDS})
        g.site_words = {name: words.get(name, "") for name in SITE_WORDS}
    found: dict[str, str] = g.site_words
    return found


def address(endpoint: str, **values: object) -> str:
    """Flask's `url_for`; addresses that stand on every page are worked out once, since twenty cost a millisecond."""
    if values or endpoint.startswith("."):
        return url_for(endpoint, **values)  # type: ignore[arg-type]  # as the template gives them
    known, place = kept("addresses"), (request.root_path, endpoint)
    if place not in known:
        known[place] = url_for(endpoint)
    found: str = known[place]
    return found


def asset(path: str) -> str:
    """The address of a static file in its present version."""
    known, place = kept("assets"), (request.root_path, path)
    if place not in known:
        known[place] = url_for("static", filename=path, v=current_app.extensions["static_version"])
    found: str = known[place]
    return found


def clock(moment: datetime) -> str:
    """10:42:07"""
    return f"{prose.local(moment):%H:%M:%S}"


def day(moment: datetime) -> str:
    """2026年9月17日"""
    at = prose.local(moment)
    return f"{at.year}年{at.month}月{at.day}日"


def percent(rate: Fraction | None) -> str:
    """84.62%, or — where there is no rate."""
    return rates.percent(rate)


def thousands(count: int) -> str:
    """1,027"""
    return f"{count:,}"


def fours(code: str | None) -> str:
    """7F3A 91C0 …: a long code in groups that can be read aloud."""
    text = code or ""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _newest(folder: Path) -> str:
    """Changes whenever a static file does, so that browsers may keep them for long."""
    stamps = [int(path.stat().st_mtime) for path in folder.rglob("*") if path.is_file()]
    return format(max(stamps, default=0), "x")
