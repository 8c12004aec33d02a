"""The first page, and the list of one's own attempts."""

from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.extensions import utc_now
from app.queries import accounts, attempts, contests
from app.rules.prose import local
from app.rules.timing import Phase
from app.web import access
from app.web.candidate import bp
from app.web.candidate.cards import card
from app.web.filters import day, site_words

ENDED_SHOWN = 12


@bp.get("/")
def home() -> ResponseReturnValue:
    """What is open, what comes, what is over."""
    now, organizer = utc_now(), site_words()["organizer"]
    rows = contests.all_published()
    running = sorted((r for r in rows if r.phase(now) is Phase.OPEN), key=lambda r: r.closes_at)
    upcoming = sorted((r for r in rows if r.phase(now) is Phase.BEFORE), key=lambda r: r.opens_at)
    ended = [r for r in rows if r.phase(now) is Phase.CLOSED][:ENDED_SHOWN]
    cards = [card(row, organizer, now) for row in running]
    return render_template(
        "candidate/home.html",
        today=f"{day(now)}　星期{'一二三四五六日'[local(now).weekday()]}",
        lead=cards[0] if cards else None,
        running=cards[1:],
        upcoming=[card(row, organizer, now) for row in upcoming],
        ended=[card(row, organizer, now) for row in ended],
    )


@bp.get("/records")
@login_required
def records() -> ResponseReturnValue:
    """我的成绩: every attempt, and of those handed in the receipt until the retention date."""
    who, retention = access.actor(), timedelta(days=accounts.site().retention_days)
    rows = attempts.records(who.user_id, who.contest_id, utc_now(), retention=retention)
    shown = [{"url": _address(row), **vars(row)} for row in rows]
    return render_template("candidate/records.html", records=shown, retention_days=retention.days)


def _address(row: attempts.Record) -> str:
    endpoint = ".result" if row.handed_in_at else ".paper"
    return url_for(endpoint, attempt_id=row.attempt_id)
