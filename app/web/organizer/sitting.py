"""延期, 提前结束, 暂停, 恢复: asked for with a reason, shown with what it means, then done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations import sittings
from app.queries import live
from app.queries.contests import ContestRow
from app.rules import notices, prose
from app.rules.admission import Refusal
from app.rules.invalid import Invalid
from app.rules.notices import NAMES, Kind
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.candidate.entry import contest_or_404
from app.web.organizer import bp
from app.web.organizer.change_form import EndingForm, PostponementForm, ReasonForm


@dataclass(frozen=True)
class Asked:
    """One of the four: what candidates will read, and what is done when it is confirmed."""

    kind: Kind
    form: ReasonForm
    words: Callable[[datetime], str]
    change: Callable[[datetime], int]


@bp.route("/contests/<slug>/postponement", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def postponement(slug: str) -> ResponseReturnValue:
    """延期"""
    contest, form = contest_or_404(slug), PostponementForm()

    def change(now: datetime) -> int:
        return sittings.postpone(
            contest.sitting_id,
            form.closes_at.moment,
            reason=form.reason.data or "",
            actor=access.actor().user_id,
            now=now,
            despite_keys=form.despite_keys.data,
        )

    return _answered(contest, Asked(Kind.POSTPONED, form, lambda _: notices.postponed(form.closes_at.moment), change))


@bp.route("/contests/<slug>/ending", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def ending(slug: str) -> ResponseReturnValue:
    """提前结束"""
    contest, form = contest_or_404(slug), EndingForm()

    def moment() -> datetime | None:
        return form.closes_at.moment if form.closes_at.data else None

    def change(now: datetime) -> int:
        reason, actor = form.reason.data or "", access.actor().user_id
        return sittings.end_early(contest.sitting_id, moment(), reason=reason, actor=actor, now=now)

    return _answered(contest, Asked(Kind.ENDED, form, lambda now: notices.ended(moment() or now), change))


@bp.route("/contests/<slug>/pause", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def pause(slug: str) -> ResponseReturnValue:
    """暂停"""
    contest, form = contest_or_404(slug), ReasonForm()

    def change(now: datetime) -> int:
        reason, actor = form.reason.data or "", access.actor().user_id
        return sittings.pause(contest.sitting_id, reason=reason, actor=actor, now=now)

    return _answered(contest, Asked(Kind.PAUSED, form, lambda _: notices.paused(), change))


@bp.route("/contests/<slug>/resumption", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def resumption(slug: str) -> ResponseReturnValue:
    """恢复"""
    contest, form = contest_or_404(slug), ReasonForm()

    def words(now: datetime) -> str:
        return notices.resumed(int((now - (contest.paused_at or now)).total_seconds()))

    def change(now: datetime) -> int:
        reason, actor = form.reason.data or "", access.actor().user_id
        return sittings.resume(contest.sitting_id, reason=reason, actor=actor, now=now)

    return _answered(contest, Asked(Kind.RESUMED, form, words, change))


def _answered(contest: ContestRow, asked: Asked) -> ResponseReturnValue:
    """First the form, then the same with what it means and the words that candidates will see, then the change."""
    now, errors, is_checked = utc_now(), [], False
    if asked.form.validate_on_submit():
        is_checked = True
        if request.form.get("confirmed"):
            try:
                concerned = asked.change(now)
                flash(f"已{NAMES[asked.kind]}，涉及{concerned:,}份没交的答卷；答题页一分钟内显示通知。", "info")
                return redirect(url_for(".live", slug=contest.slug), code=303)
            except Refusal as refusal:
                errors = [prose.refusal(refusal.reason, **refusal.facts)]
            except Invalid as error:
                errors = list(error.messages)
            is_checked = False
    page = render_template(
        "organizer/sittings/change.html",
        contest=contest,
        now=now,
        kind=asked.kind,
        word=NAMES[asked.kind],
        form=asked.form,
        errors=errors,
        told=asked.words(now) if is_checked else None,
        counts=live.counts(contest.id, contest.sitting_id, now)[0].counts,
    )
    return page, 409 if errors else 200
