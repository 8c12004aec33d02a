"""Saving an answer sheet: the page's JSON, or the plain form where there is no script."""

from datetime import datetime
from typing import TypedDict

from flask import abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.database import milliseconds
from app.extensions import csrf, utc_now
from app.operations.attempts import Saving, save_sheet
from app.operations.late import keep_late
from app.rules.sheet import AnswerSheet, MalformedSheet
from app.web import access
from app.web.candidate import bp
from app.web.candidate.own import own_attempt_or_404
from app.web.candidate.packet import packet

STATUS = {
    Saving.SAVED: 200,
    Saving.ELSEWHERE: 409,
    Saving.HANDED_IN: 409,
    Saving.LATE: 410,
    Saving.SIGNED_OUT: 401,
}


@bp.post("/attempts/<int:attempt_id>/sheet")
@csrf.exempt
def save(attempt_id: int) -> ResponseReturnValue:
    """Store the whole sheet; the statement itself checks owner, lease, revision and deadline.

    No other site knows the lease, nor can its pages send JSON here: a message needs no token, a form does. Most
    messages are answered by the door (door.py), which stands before Flask; here come those that could not be stored.
    """
    if not request.is_json:
        csrf.protect()
        request.form.get("lease")  # the body is read before the clock: a slow one gains no time
        return _save_form(attempt_id, utc_now())
    try:
        body = request.get_json(silent=True)
        now = utc_now()
        lease, revision, sheet = packet(body)
    except (MalformedSheet, RecursionError):
        return jsonify(state="malformed"), 400
    outcome = save_sheet(
        attempt_id,
        lease=lease,
        revision=revision,
        sheet=sheet,
        digest=access.token_digest(),
        now=now,
    )
    answer: dict[str, object] = {"state": outcome, "revision": revision, "now_ms": milliseconds(now)}
    if outcome is Saving.SAVED:
        answer["saved_at_ms"] = milliseconds(now)
    elif outcome in (Saving.HANDED_IN, Saving.LATE):
        answer["result_url"] = url_for(".result", attempt_id=attempt_id)
    if outcome is Saving.LATE:
        digest = access.token_digest()
        answer["kept"] = keep_late(attempt_id, sheet, revision=revision, lease=lease, digest=digest, now=now)
    return jsonify(answer), STATUS[outcome]


def keep_posted(attempt_id: int, now: datetime) -> Saving:
    """Store the sheet that a posted form carries; a form without one changes nothing."""
    sheet = posted()
    if sheet is None:  # the question before the hand-in: the sheet was stored on the way to it
        return Saving.SAVED
    outcome = save_sheet(attempt_id, now=now, **sheet)
    if outcome is Saving.LATE:
        keep_late(attempt_id, now=now, **sheet)
    return outcome


class Posted(TypedDict):
    """What a form carries of an attempt's page, and the sign-in that it came with."""

    sheet: AnswerSheet
    lease: str
    revision: int
    digest: str


def posted() -> Posted | None:
    """The sheet in the form at hand, if there is one."""
    if "lease" not in request.form:
        return None
    revision = request.form.get("revision", "0")
    if not revision.isascii() or not revision.isdigit() or len(revision) > 9:
        abort(400)
    return Posted(
        sheet=_posted_sheet(),
        lease=request.form["lease"],
        revision=int(revision) + 1,
        digest=access.token_digest(),
    )


def _posted_sheet() -> AnswerSheet:
    responses: dict[str, list[int]] = {}
    form = request.form
    for name, values in form.lists():
        number = name.removeprefix("r-")
        if name != number and number.isascii() and number.isdigit():
            responses[number] = [_place(value) for value in values]
    try:
        return AnswerSheet.from_json({"responses": responses, "marked": [_place(v) for v in form.getlist("marked")]})
    except MalformedSheet:
        abort(400)  # what is stored stays


def _place(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1


def _save_form(attempt_id: int, now: datetime) -> ResponseReturnValue:
    if access.person() is None:
        return redirect(url_for("account.sign_in", next=url_for(".paper", attempt_id=attempt_id)), code=303)
    own_attempt_or_404(attempt_id)
    outcome = keep_posted(attempt_id, now)
    if outcome is Saving.ELSEWHERE:
        flash("这份答卷已在别处打开并继续作答，这一页刚才填的没有存入；现在显示的是最新保存的答案。", "error")
    elif outcome is Saving.SAVED:
        flash("已保存。可以接着答，也可以关掉以后再来。", "info")
    return redirect(url_for(".paper", attempt_id=attempt_id), code=303)
