"""How values look on a page, and what every template may use."""

from datetime import datetime
from fractions import Fraction
from pathlib import Path

from flask import Flask, g

from app.database import kept
from app.queries import accounts
from app.rules import prose, rates
from app.rules.masking import mask_phone

SITE_WORDS = ("name", "organizer", "phone", "phone_hours", "icp")


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
    app.jinja_env.globals["static_version"] = _newest(Path(app.static_folder or ""))
    app.context_processor(_site)


def _site() -> dict[str, object]:
    """What the site says of itself; the words last read when the database cannot be asked."""
    words = kept("site")
    if not g.get("is_broken"):
        site = accounts.site()
        words.update({name: getattr(site, name) for name in SITE_WORDS})
    return {"site": {name: words.get(name, "") for name in SITE_WORDS}}


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
