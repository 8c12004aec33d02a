"""申请参赛: for whoever is not on the roster, or under the wrong unit."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Regexp

from app.extensions import utc_now
from app.operations.applications import apply
from app.operations.throttles import claim_request
from app.queries import contests
from app.rules import prose
from app.rules.admission import Refusal
from app.web import access
from app.web.candidate import bp
from app.web.candidate.entry import contest_or_404


class ApplicationForm(FlaskForm):
    """姓名, 单位, 手机"""

    name = StringField("姓名", validators=[DataRequired("请填姓名。"), Length(max=60, message="姓名太长，请核对。")])
    unit = StringField(
        "单位", validators=[DataRequired("请填单位全称。"), Length(max=200, message="单位太长，请核对。")]
    )
    phone = StringField("手机", validators=[Regexp(r"^\s*1\d{10}\s*$", message="请填11位手机号。")])
    note = StringField("说明", validators=[Length(max=200, message="说明请在200字以内。")])


@bp.route("/c/<slug>/application", methods=["GET", "POST"])
def application(slug: str) -> ResponseReturnValue:
    """Ask to be put on the roster; the organizer finds it in a queue."""
    contest, form = contest_or_404(slug), ApplicationForm()
    if not form.validate_on_submit():
        who = access.person()
        correcting = who is not None and contests.candidate(contest.id, who.user_id) is not None
        if request.method == "GET":
            form.name.data = who.name if who else request.args.get("name", "")[:60]
        return render_template("candidate/application.html", contest=contest, form=form, correcting=correcting)
    try:
        claim_request(access.origin(), now=utc_now())
    except Refusal as refusal:
        form.note.errors = [prose.refusal(refusal.reason, **refusal.facts)]
        return render_template("candidate/application.html", contest=contest, form=form), 429
    number = apply(
        contest.id,
        name="".join((form.name.data or "").split()),
        unit=(form.unit.data or "").strip(),
        phone=(form.phone.data or "").strip(),
        note=(form.note.data or "").strip(),
        now=utc_now(),
    )
    # what this browser typed, not what somebody of the same name and telephone typed before
    typed = {"name": form.name.data, "unit": form.unit.data}
    session["application"] = typed | {"contest": contest.id, "number": f"S-{number:05d}"}
    return redirect(url_for(".application_made", slug=slug), code=303)


@bp.get("/c/<slug>/application/made")
def application_made(slug: str) -> ResponseReturnValue:
    """What happens next."""
    contest, made = contest_or_404(slug), session.get("application")
    if not isinstance(made, dict) or made.get("contest") != contest.id:
        return redirect(url_for(".application", slug=slug), code=303)
    return render_template("candidate/application_done.html", contest=contest, application=made)
