"""Answering, handing in, the result and the review."""

from datetime import datetime, timedelta

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.database import milliseconds
from app.extensions import utc_now
from app.operations import attempts as engine
from app.operations.leases import take_lease
from app.queries import accounts, attempts, contests, late, notices, papers, pools
from app.queries.attempts import OwnAttempt
from app.rules import prose, rates
from app.rules.terms import Visible
from app.web import access
from app.web.candidate import bp
from app.web.candidate.moulds import pressed
from app.web.candidate.news import shown
from app.web.candidate.own import own_attempt_or_404
from app.web.candidate.saving import keep_posted, posted


@bp.get("/attempts/<int:attempt_id>")
@login_required
def paper(attempt_id: int) -> ResponseReturnValue:
    """All items on one page. Opening it takes the right to save from every older page, unless it is held."""
    now = utc_now()
    lease = take_lease(attempt_id, owner=access.actor().user_id, digest=access.token_digest(), now=now)
    view = own_attempt_or_404(attempt_id)  # read after the lease was taken: no older page changes it any more
    if view.held_at is not None:
        return _held_page(view, view.held_at, now)
    if lease is None or (view.is_overdue(now) and engine.close_if_overdue(attempt_id, now=now)):
        return redirect(url_for(".result", attempt_id=attempt_id), code=303)
    return paper_page(view, lease, now)


@bp.post("/attempts/<int:attempt_id>/submission")
@login_required
def submit(attempt_id: int) -> ResponseReturnValue:
    """交卷: keep what the form carries, ask once when something is left open, hand in."""
    sheet, actor = posted(), access.actor().user_id
    now = utc_now()
    if sheet and request.form.get("confirmed") and engine.hand_in_sheet(attempt_id, actor=actor, now=now, **sheet):
        return redirect(url_for(".result", attempt_id=attempt_id), code=303)
    saving = keep_posted(attempt_id, now)  # stores nothing in another person's
    if saving is engine.Saving.ELSEWHERE:
        return redirect(url_for(".paper", attempt_id=attempt_id), code=303)
    view = own_attempt_or_404(attempt_id)
    if view.attempt.handed_in_at is None and not request.form.get("confirmed"):
        return _confirmation(view)
    engine.hand_in(attempt_id, actor=actor, now=now)
    return redirect(url_for(".result", attempt_id=attempt_id), code=303)


@bp.get("/attempts/<int:attempt_id>/result")
@login_required
def result(attempt_id: int) -> ResponseReturnValue:
    """成绩回执"""
    now = utc_now()
    view = own_attempt_or_404(attempt_id)
    if view.is_overdue(now) and engine.close_if_overdue(attempt_id, now=now):
        view = own_attempt_or_404(attempt_id)
    if view.attempt.handed_in_at is None:
        return redirect(url_for(".paper", attempt_id=attempt_id), code=303)
    visible = _visible(view, now)
    used = contests.used(view.entry.id)
    left = view.terms.attempts_allowed - used.count
    may_retry = now < view.closes_at and used.open_id is None and (not view.terms.attempts_allowed or left > 0)
    return render_template(
        "candidate/result.html",
        contest=view.contest,
        person=view,
        result=_receipt(view, shown=visible is not Visible.NOTHING) | _proof(view, now),
        review_note=_review_note(view, now),
        may_review=visible in (Visible.PAPER, Visible.KEYS),
        may_retry=may_retry,
        retry_line=f"还可答{left}次" if view.terms.attempts_allowed else "次数不限",
        late_note=_late_note(view, shown=visible is not Visible.NOTHING),
        attempt=view.attempt,
        notices=_told(view, now)[:1] if view.attempt.voided_at is not None else [],
    )


@bp.get("/attempts/<int:attempt_id>/review")
@login_required
def review(attempt_id: int) -> ResponseReturnValue:
    """The own paper after hand-in, as far as the review rule allows now."""
    view, now = own_attempt_or_404(attempt_id), utc_now()
    visible = _visible(view, now)
    if view.attempt.handed_in_at is None or visible not in (Visible.PAPER, Visible.KEYS):
        return redirect(url_for(".result", attempt_id=attempt_id), code=303)
    return render_template(
        "candidate/review.html",
        contest=view.contest,
        person=view,
        attempt=view.attempt,
        result=_receipt(view, shown=True),
        sections=papers.review(view, visible),
        with_keys=visible is Visible.KEYS,
        review_note=_review_note(view, now),
    )


def _held_page(view: OwnAttempt, held_at: datetime, now: datetime) -> ResponseReturnValue:
    """暂停: no question is shown while the clock stands."""
    return make_response(
        render_template(
            "candidate/held.html",
            contest=view.contest,
            attempt=view.attempt,
            left=max(0, int((view.attempt.deadline - held_at).total_seconds())),
            total=view.terms.spec.question_count,
            notices=_told(view, now),
        )
    )


def _told(view: OwnAttempt, now: datetime) -> list[dict[str, object]]:
    return [shown(told, now) for told in notices.of_attempt(view.attempt.id)]


def paper_page(view: OwnAttempt, lease: str, now: datetime, **extra: object) -> ResponseReturnValue:
    """The answering page for the holder of that lease."""
    attempt = view.attempt
    page = render_template(
        "candidate/paper.html",
        contest=view.contest,
        person=view,
        attempt={
            "id": attempt.id,
            "revision": attempt.revision,
            "lease": lease,
            "lease_before": attempt.lease_before or "",
            "deadline_ms": milliseconds(attempt.deadline),
            "now_ms": milliseconds(now),
            "duration_seconds": view.terms.duration,
            "saved_at_ms": milliseconds(attempt.saved_at) if attempt.saved_at else None,
            "deadline": attempt.deadline,
        },
        sections=pressed(view.contest.id, pools.pool(view.contest.id, attempt.pool_version), papers.placed(view)),
        notices=_told(view, now),
        attempts_line=_ordinal_line(view),
        save_url=url_for(".save", attempt_id=attempt.id),
        submit_url=url_for(".submit", attempt_id=attempt.id),
        result_url=url_for(".result", attempt_id=attempt.id),
        **extra,
    )
    return make_response(page)


def _confirmation(view: OwnAttempt) -> ResponseReturnValue:
    total = view.terms.spec.question_count
    unanswered = total - view.attempt.answered
    return make_response(
        render_template(
            "candidate/confirm.html",
            contest=view.contest,
            unanswered=unanswered,
            paper_url=url_for(".paper", attempt_id=view.attempt.id),
            submit_url=url_for(".submit", attempt_id=view.attempt.id),
        )
    )


def _late_note(view: OwnAttempt, *, shown: bool) -> str:
    """What became of answers that arrived too late; nothing when none did. Scores only where they may be `shown`."""
    found = late.of_attempt(view.attempt.id)
    if found is None:
        return ""
    came = f"有作答在{prose.full_moment(found.arrived_at)}才送到，已过截止和宽限。"
    if found.state == "waiting":
        return f"{came}这些作答已经收到并留存，没有丢；是否计入成绩，由组织者决定，结果会写在这里。"
    if found.state == "declined":
        return f"{came}组织者决定不计入，原因：{found.reason}"
    was = "" if found.score_before is None or not shown else f"原来{rates.points(found.score_before)}分，"
    return f"{came}组织者已将其计入成绩，{was}原因：{found.reason}"


def _visible(view: OwnAttempt, now: datetime) -> Visible:
    return attempts.visible(view.contest.id, view.terms, view.closes_at, now)


def _receipt(view: OwnAttempt, *, shown: bool) -> dict[str, object]:
    attempt, terms = view.attempt, view.terms
    score = attempt.score if shown else None
    band = terms.band(score) if score is not None and attempt.answered else None
    return {
        "score": score,
        "full_score": terms.full_score,
        "band": band,
        "pass_mark": terms.pass_mark,
        "excellence_mark": terms.excellence_mark,
        "started_at": attempt.started_at,
        "handed_in_at": attempt.handed_in_at,
        "handed_in_by": attempt.handed_in_by,
        "time_taken": (attempt.time_taken or 0) // 1000,
        "answered": attempt.answered,
        "total": terms.spec.question_count,
        "counted_line": _counted_line(view) if shown else None,
    }


def _proof(view: OwnAttempt, now: datetime) -> dict[str, object]:
    """Number and fingerprint until the retention date, as in 我的成绩; before the closing it is not asked for."""
    if now < view.closes_at or now < view.closes_at + timedelta(days=accounts.site().retention_days):
        return {"receipt_number": view.attempt.receipt, "fingerprint": view.attempt.fingerprint}
    return {"receipt_number": None, "fingerprint": None}


def _ordinal_line(view: OwnAttempt) -> str:
    allowed = view.terms.attempts_allowed
    return "" if allowed == 1 else f"这是第{view.turn}次" + (f"，共{allowed}次" if allowed else "")


def _counted_line(view: OwnAttempt) -> str:
    if view.attempt.voided_at is not None:
        return "已作废，不计成绩"
    if view.entry.result is None:
        return "交了白卷，不计入参赛"
    allowed = view.terms.attempts_allowed
    counted = f"{rates.points(view.entry.result)}分"
    if allowed == 1:
        return counted
    times = f"{allowed}次" if allowed else "各次"
    return f"{counted}。{times}取{prose.COUNTING[view.terms.counting]}，这是第{view.turn}次"


def _review_note(view: OwnAttempt, now: datetime) -> str:
    visible, later = _visible(view, now), view.terms.review.after_close
    if visible is later:
        return ""
    return f"{prose.day_and_time(view.closes_at)}最后一场结束后，{prose.VISIBLE[later]}。"
