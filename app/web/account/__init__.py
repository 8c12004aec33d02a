"""Signing in and out, one-time links, the own password."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from app.extensions import utc_now
from app.operations import accounts, sign_ins
from app.operations.accounts import LoginTaken
from app.queries import accounts as questions
from app.rules import prose
from app.rules.admission import Reason, Refusal
from app.rules.password import WeakPassword
from app.web import access, device, waiting

bp = Blueprint("account", __name__)
AGAIN = "密码没有留在页面上，请再填一次。"
LOGIN = Regexp(accounts.LOGIN, message=accounts.LOGIN_RULE)


class SignInForm(FlaskForm):
    """账号 + 密码"""

    login = StringField("账号", validators=[DataRequired("请填账号。"), Length(max=60, message="账号太长，请核对。")])
    password = PasswordField(
        "密码", validators=[DataRequired("请填密码。"), Length(max=200, message="密码太长，请核对。")]
    )


class ActivationForm(FlaskForm):
    """Login and password of a new account; the name is asked of the first administrator only."""

    name = StringField("姓名", validators=[Length(max=60, message="姓名太长，请核对。")])
    login = StringField("账号", validators=[DataRequired("请填账号。"), LOGIN])
    password = PasswordField(
        "密码", validators=[DataRequired("请填密码。"), Length(max=200, message="密码太长，请缩短。")]
    )
    again = PasswordField("再填一次密码", validators=[DataRequired("请再填一次密码。")])


class PasswordForm(FlaskForm):
    """Changing the own password."""

    current = PasswordField("现在的密码", validators=[DataRequired("请填现在的密码。")])
    password = PasswordField(
        "新密码", validators=[DataRequired("请填新密码。"), Length(max=200, message="密码太长，请缩短。")]
    )
    again = PasswordField("再填一次新密码", validators=[DataRequired("请再填一次新密码。")])


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """账号登录"""
    form, target = SignInForm(), access.own_path(request.args.get("next"))
    if not form.validate_on_submit():
        device.leave_mark()
        return _sign_in_page(form, None)
    login = (form.login.data or "").strip()
    try:
        entered = sign_ins.sign_in(
            login,
            form.password.data or "",
            origin=access.origin(),
            device=device.device("login", login),
            now=utc_now(),
            replaces=access.token_digest(),
        )
    except Refusal as refusal:
        if waiting.is_waiting(refusal):
            return waiting.answer(refusal, lambda sentence: _sign_in_page(form, sentence), AGAIN)
        return _sign_in_page(form, prose.refusal(refusal.reason, **refusal.facts)), 403
    device.remember("login", login)
    target = target or _first_page(entered.user_id)
    due = access.password_is_due(entered.user_id)
    answer = access.change_password_first(target) if due else redirect(target, code=303)
    return access.remember(make_response(answer), entered.token)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """退出；「退出，换人作答」 leads back to the contest's entry."""
    sign_ins.sign_out(access.token_digest(), now=utc_now())
    target = access.own_path(request.form.get("next")) or url_for("candidate.home")
    return access.forget(make_response(redirect(target, code=303)))


@bp.route("/activation/<token>", methods=["GET", "POST"])
def activation(token: str) -> ResponseReturnValue:
    """A one-time link: set login and password."""
    link = questions.link(sign_ins.digest(token), utc_now())
    if link is None:
        return _link_used()
    form = ActivationForm(login=link.login, name=link.name)
    is_first = link.user_id is None
    if not form.validate_on_submit() or not _agree(form, is_first):
        return _activation_page(form, link)
    try:
        entered = accounts.activate(
            token,
            name=(form.name.data or link.name).strip(),
            login=(form.login.data or "").strip(),
            password=form.password.data or "",
            now=utc_now(),
            policy=access.policy(),
        )
    except WeakPassword as error:
        form.password.errors = [str(error)]
    except LoginTaken as error:
        form.login.errors = [str(error)]
    except Refusal as refusal:
        if not waiting.is_waiting(refusal):
            return _link_used()
        return waiting.answer(refusal, lambda sentence: _activation_page(form, link, sentence), AGAIN)
    else:
        target = url_for("admin.settings") if is_first else _first_page(entered.user_id)
        return access.remember(make_response(redirect(target, code=303)), entered.token)
    return _activation_page(form, link)


@bp.route("/password", methods=["GET", "POST"])
@login_required
def password() -> ResponseReturnValue:
    """改密码"""
    who, form = access.actor(), PasswordForm()
    if who.is_limited:
        abort(403)
    if not form.validate_on_submit() or not _agree(form, False):
        return _password_page(form)
    try:
        entered = accounts.change_password(
            who.user_id, form.current.data or "", form.password.data or "", now=utc_now(), policy=access.policy()
        )
    except WeakPassword as error:
        form.password.errors = [str(error)]
    except Refusal as refusal:
        if waiting.is_waiting(refusal):
            return waiting.answer(refusal, lambda sentence: _password_page(form, sentence), AGAIN)
        wrong = refusal.reason is Reason.WRONG_PASSWORD
        form.current.errors = [
            "现在的密码不对，请重新填写。" if wrong else prose.refusal(refusal.reason, **refusal.facts)
        ]
    else:
        target = access.own_path(request.args.get("next")) or _first_page(who.user_id)
        response = access.remember(make_response(redirect(target, code=303)), entered.token)
        flash("密码已改，其他地方的登录都已退出。", "info")
        return response
    return _password_page(form)


def _sign_in_page(form: SignInForm, error: str | None) -> str:
    return render_template("account/sign_in.html", form=form, error=error)


def _password_page(form: PasswordForm, error: str | None = None) -> str:
    policy, due = access.policy(), access.password_is_due(access.actor().user_id)
    return render_template(
        "account/password.html",
        form=form,
        error=error,
        password_rules=policy.rules(),
        used_up=policy.days if due else 0,
    )


def _activation_page(form: ActivationForm, link: questions.Link, error: str | None = None) -> str:
    return render_template(
        "account/activation.html",
        form=form,
        error=error,
        person=link,
        is_first=link.user_id is None,
        password_rules=access.policy().rules(),
    )


def _link_used() -> ResponseReturnValue:
    way = {"title": "已经设置过", "text": "直接用账号和密码登录。", "label": "去登录", "url": url_for(".sign_in")}
    what = prose.refusal(Reason.LINK_USED)
    if not questions.has_administrator():
        what = "网站重新启动过，这个链接已经作废。请打开启动窗口里最新显示的那个。"
    page = render_template(
        "candidate/refusal.html", contest=None, title="链接不能用了", what=what, ways=[way], reference=""
    )
    return page, 410


def _agree(form: ActivationForm | PasswordForm, needs_name: bool) -> bool:
    if needs_name and isinstance(form, ActivationForm) and not (form.name.data or "").strip():
        form.name.errors = ["请填姓名。"]
    if form.password.data != form.again.data:
        form.again.errors = ["两次填的密码不一样，请重新填写。"]
    return not form.errors


def _first_page(user_id: int) -> str:
    held = questions.roles(user_id, utc_now())
    return url_for("organizer.home") if held else url_for("candidate.home")
