"""实时看板: who is in, answering, handed in, gone; as a page, and as the part of it that a script asks for."""

import hashlib
from dataclasses import asdict

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.queries import live as questions
from app.queries import notices
from app.queries.contests import ContestRow
from app.queries.live import Presence, Sort, Wanted
from app.rules.notices import NAMES, Kind
from app.rules.roles import Role
from app.web.access import role_required
from app.web.candidate.entry import contest_or_404
from app.web.filters import clock
from app.web.organizer import bp, watching
from app.web.organizer.opening import whole

SIZE = 50
LATE = "late"  # among the states on the page, though somebody handed in, voided or answering again may be it as well
WORDS = {
    Presence.ANSWERING: "作答中",
    Presence.OFFLINE: "离线",
    Presence.HELD: "暂停中",
    Presence.OVERDUE: "到时未交",
    Presence.ENTERED: "已进入",
    Presence.ABSENT: "未进入",
    Presence.HANDED_IN: "已交卷",
    Presence.VOIDED: "已作废",
}
SORTS = {Sort.PRESENCE: "状态", Sort.UNIT: "单位", Sort.NAME: "姓名", Sort.SEEN: "最近动静"}


@bp.get("/contests/<slug>/live")
@role_required(Role.ORGANIZER)
def live(slug: str) -> ResponseReturnValue:
    """The page; without a script it is reloaded by hand."""
    contest = contest_or_404(slug)
    told = [(NAMES[Kind(one.kind)], one) for one in notices.of_sitting(contest.sitting_id)]
    facts, _ = _now(contest)
    return render_template("organizer/live/page.html", state=watching.state(contest, utc_now()), told=told, **facts)


@bp.get("/contests/<slug>/live/part")
@role_required(Role.ORGANIZER)
def live_part(slug: str) -> ResponseReturnValue:
    """The figures and rows alone; 304 while nothing has changed."""
    facts, tag = _now(contest_or_404(slug))
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        response = make_response(render_template("organizer/live/_part.html", **facts))
    response.set_etag(tag)
    response.headers["X-As-Of"] = clock(utc_now())
    return response


def _now(contest: ContestRow) -> tuple[dict[str, object], str]:
    """What the part shows, and a tag that changes when it does; the time of day is not in it."""
    now, wanted = utc_now(), _wanted()
    counts = questions.counts(contest.id, contest.sitting_id, now)
    rows = questions.people(contest.id, contest.sitting_id, wanted, now, whole(request.args.get("page")) or 1, SIZE)
    seen = repr((counts, rows, contest.paused_at, contest.closes_at, asdict(wanted)))
    facts = {
        "contest": contest,
        "now": now,
        "counts": counts,
        "rows": rows,
        "wanted": wanted,
        "words": WORDS,
        "sorts": SORTS,
        "part_url": _address("live_part", contest.slug, wanted, rows.number),
        "to": lambda **changed: _address("live", contest.slug, wanted, 1, **changed),
    }
    return facts, hashlib.sha256(seen.encode()).hexdigest()[:16]


def _wanted() -> Wanted:
    unit, presence, sort = request.args.get("unit", ""), request.args.get("state"), request.args.get("sort")
    return Wanted(
        unit_id=whole(unit) if unit else None,
        presence=Presence(presence) if presence in set(Presence) else None,
        is_late=presence == LATE,
        search=" ".join(request.args.get("search", "").split())[:60],
        sort=Sort(sort) if sort in set(Sort) else Sort.PRESENCE,
    )


def _address(endpoint: str, slug: str, wanted: Wanted, number: int, **changed: object) -> str:
    """The same list with something changed in what is wanted."""
    values: dict[str, object] = {
        "unit": wanted.unit_id,
        "state": LATE if wanted.is_late else wanted.presence,
        "search": wanted.search or None,
        "sort": wanted.sort if wanted.sort is not Sort.PRESENCE else None,
        "page": number if number > 1 else None,
    }
    return url_for(f".{endpoint}", slug=slug, **(values | changed))  # type: ignore[arg-type]
