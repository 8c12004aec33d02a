"""Opening a contest, watching it, inviting people to it."""

from io import BytesIO

from flask import current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations.contests import open_contest
from app.operations.rosters import refresh_roster
from app.queries import accounts, contests, late, people, quizzes, tallies
from app.rules import prose
from app.rules.invalid import Invalid
from app.rules.roles import Role
from app.web import access, links, qr
from app.web.access import role_required
from app.web.candidate.entry import contest_or_404
from app.web.organizer import bp, watching
from app.web.organizer.opening import OpeningForm, whole

UNITS_SHOWN = 15


@bp.get("/contests", endpoint="contests")
@role_required(Role.ORGANIZER)
def list_contests() -> ResponseReturnValue:
    """All contests, and the way to a new one."""
    now = utc_now()
    held = contests.listed(with_rehearsal=True)
    rows = [(row, watching.state(row, now), watching.rate(row.participants, row.expected)) for row in held]
    return render_template(
        "organizer/contests/list.html",
        rows=rows,
        has_quizzes=bool(quizzes.listed()),
        has_people=any(node.total for node in people.unit_tree()),
    )


@bp.route("/contests/new", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def contest_new() -> ResponseReturnValue:
    """发布竞赛: everything that stands in the way is said at once, and nothing filled in is lost."""
    offered = quizzes.listed()
    form = OpeningForm(quiz=whole(request.args.get("quiz", "")))
    form.offer(offered, people.unit_tree())
    if request.method == "GET":
        chosen = next((row for row in offered if row.id == form.quiz.data), offered[0] if offered else None)
        form.title.data = chosen.title if chosen else ""
    messages: tuple[str, ...] = ()
    if form.validate_on_submit():
        try:
            slug = open_contest(form.opening(), actor=access.actor().user_id, now=utc_now())
            return redirect(url_for(".contest", slug=slug), code=303)
        except Invalid as error:
            messages = error.messages
            form.mark(messages)
    return render_template(
        "organizer/contests/new.html",
        form=form,
        messages=messages,
        base=current_app.config["SETTINGS"].public_url + "/c/",
        summaries=[(row.title, prose.summary(row.terms)) for row in offered],
        unassigned=people.unassigned(),
    )


@bp.get("/contests/<slug>")
@role_required(Role.ORGANIZER)
def contest(slug: str) -> ResponseReturnValue:
    """How it goes, who is missing, what to send to the units."""
    row, now = contest_or_404(slug), utc_now()
    if row.is_rehearsal:  # nobody is to be invited to it, and it has no figures
        return redirect(url_for(".live", slug=slug), code=303)
    progress, figures = tallies.progress(row.id), tallies.figures(row.id)
    units, cut = watching.by_unit(figures, None), None
    if request.args.get("units") != "all" and len(units) > UNITS_SHOWN + 3:
        cut = watching.by_unit(figures, UNITS_SHOWN)
    return render_template(
        "organizer/contests/contest.html",
        contest=row,
        now=now,
        phase=row.phase(now),
        state=watching.state(row, now),
        figures=watching.figures(row, progress, figures.tops, now),
        chart=watching.day_chart(row.opens_at, row.closes_at, tallies.by_day(row.id), now),
        units=cut or units,
        unit_count=len(figures.branches),
        is_cut=cut is not None and len(cut) < len(units),
        waiting=sum(1 for request_ in contests.applications(row.id) if request_.state == "waiting"),
        late=late.counts(row.id),
        letter=watching.letter(
            row,
            expected=progress.expected,
            participants=progress.participants,
            address=_address(slug),
            organizer=accounts.site().organizer,
            unit=None,
            now=now,
        ),
        **_entry(slug),
    )


@bp.post("/contests/<slug>/roster")
@role_required(Role.ORGANIZER)
def contest_roster(slug: str) -> ResponseReturnValue:
    """更新名单: before the opening, take in whoever has joined since."""
    row = contest_or_404(slug)
    try:
        added = refresh_roster(row.id, actor=access.actor().user_id, now=utc_now())
        flash(f"名单已更新，新加入{added}人。" if added else "名单已是最新，没有新加入的人。", "info")
    except Invalid as error:
        flash("".join(error.messages), "error")
    return redirect(url_for(".contest", slug=slug), code=303)


@bp.get("/contests/<slug>/poster")
@role_required(Role.ORGANIZER)
def poster(slug: str) -> ResponseReturnValue:
    """An A4 sheet to print and put up."""
    row = contest_or_404(slug)
    return render_template(
        "organizer/contests/poster.html", contest=row, summary=prose.summary(row.terms), **_entry(slug)
    )


@bp.get("/contests/<slug>/qr.svg")
@role_required(Role.ORGANIZER)
def contest_qr(slug: str) -> ResponseReturnValue:
    """The code as a file, for a message or somebody else's poster."""
    row = contest_or_404(slug)
    name = f"参赛二维码_{links.file_name(row.title)}.svg"
    return send_file(
        BytesIO(qr.picture(_address(slug))), mimetype="image/svg+xml", as_attachment=True, download_name=name
    )


def _entry(slug: str) -> dict[str, object]:
    """The link to hand out, its code, and what to say where not everybody can open it."""
    address = _address(slug)
    warning = links.reach_warning(current_app.config["SETTINGS"].public_url)
    return {"address": address, "code": qr.code(address), "warning": warning}


def _address(slug: str) -> str:
    return links.outside("candidate.entry", slug=slug)
