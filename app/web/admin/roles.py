"""Who may prepare contests, and who may set up the site."""

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import AnyOf, DataRequired, Length, Regexp

from app.extensions import utc_now
from app.operations import accounts
from app.operations.accounts import LINK_LASTS, LoginTaken
from app.queries import accounts as questions
from app.queries import people
from app.queries.accounts import Holder
from app.rules.roles import Role
from app.web import access, links
from app.web.access import role_required
from app.web.admin import bp

ROLES = [SelectChoice(role.value, role.label) for role in Role]
FOUND_SHOWN = 20
MANY = 2**31  # a larger number is no id, and no database takes it
HANDED = "handed_link"


class AccountForm(FlaskForm):
    """A person who is not on any list yet."""

    name = StringField("姓名", validators=[DataRequired("请填姓名。"), Length(max=60, message="姓名太长，请核对。")])
    login = StringField(
        "账号",
        validators=[
            DataRequired("请填账号。"),
            Regexp(r"^\s*[A-Za-z0-9._@-]{3,60}\s*$", message="账号用3位以上的字母、数字、点、横线。"),
        ],
    )
    role = RadioField(
        "角色",
        choices=ROLES,
        default=Role.ORGANIZER.value,
        validate_choice=False,
        validators=[AnyOf([role.value for role in Role], message="请选一个角色。")],
    )


@bp.get("/roles")
@role_required(Role.ADMINISTRATOR)
def roles() -> ResponseReturnValue:
    """Who holds which role, and who may be given one. A link made a moment ago is shown here, once."""
    return _page(AccountForm())


@bp.post("/accounts")
@role_required(Role.ADMINISTRATOR)
def make_account() -> ResponseReturnValue:
    """A new person with a role; the link that sets the password is handed over by the administrator."""
    form = AccountForm()
    if not form.validate_on_submit():
        return _page(form)
    name, login = "".join((form.name.data or "").split()), (form.login.data or "").strip()
    try:
        _, token = accounts.make_account(name, login, Role(form.role.data), actor=access.actor().user_id, now=utc_now())
    except LoginTaken as error:
        form.login.errors = [str(error)]
        return _page(form)
    return _hand_over(name, token)


@bp.post("/grants")
@role_required(Role.ADMINISTRATOR)
def grant() -> ResponseReturnValue:
    """A role for somebody on the people list; who has no password yet gets a link."""
    user_id, role = request.form.get("user", type=int), _role_or_404(request.form.get("role", ""))
    user = questions.by_id(user_id) if user_id is not None and 0 < user_id < MANY else None
    if user is None or user.left_at is not None:
        abort(404)
    person, name, has_password = user.id, user.name, user.password_hash is not None
    actor, now = access.actor().user_id, utc_now()
    accounts.grant(person, role, actor=actor, now=now)
    if not has_password:
        return _hand_over(name, accounts.make_link(person, actor=actor, now=now))
    flash(f"{name}已是{role.label}，用原来的账号密码登录即可。", "info")
    return redirect(url_for(".roles"), code=303)


@bp.post("/people/<int:user_id>/link")
@role_required(Role.ADMINISTRATOR)
def make_link(user_id: int) -> ResponseReturnValue:
    """重新生成链接: for who lost it, let it lapse, or forgot the password."""
    holder = _holder_or_404(user_id)
    return _hand_over(holder.name, accounts.make_link(user_id, actor=access.actor().user_id, now=utc_now()))


@bp.route("/people/<int:user_id>/<role>/revocation", methods=["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def revocation(user_id: int, role: str) -> ResponseReturnValue:
    """撤销, after a page that says what it means. The last administrator stays."""
    taken, who = _role_or_404(role), access.actor()
    holder = _holder_or_404(user_id, taken)
    is_last = taken is Role.ADMINISTRATOR and questions.administrators() <= {user_id}
    if request.method == "GET" or is_last:
        page = render_template("admin/revocation.html", holder=holder, is_last=is_last, is_self=user_id == who.user_id)
        return page, 409 if request.method == "POST" else 200
    if not accounts.revoke(user_id, taken, actor=who.user_id, now=utc_now()):
        return redirect(url_for(".revocation", user_id=user_id, role=role), code=303)
    flash(f"已撤销{holder.name}的{taken.label}权限。", "info")
    left = questions.roles(who.user_id, utc_now())
    target = "admin.roles" if Role.ADMINISTRATOR in left else "organizer.home" if left else "candidate.home"
    return redirect(url_for(target), code=303)


def _page(form: AccountForm) -> str:
    wanted = request.args.get("q", "").strip()
    handed = session.pop(HANDED, None)
    holders = questions.holders()
    return render_template(
        "admin/roles.html",
        form=form,
        holders=holders,
        held={(holder.user_id, holder.role) for holder in holders},
        last_administrator=len({one.user_id for one in holders if one.role is Role.ADMINISTRATOR}) == 1,
        wanted=wanted,
        found=people.people(search=wanted, size=FOUND_SHOWN) if wanted else None,
        roles=list(Role),
        handed=handed,
        days=LINK_LASTS.days,
    )


def _hand_over(name: str, token: str) -> ResponseReturnValue:
    """Show the link on the next page and nowhere again: only its digest is stored."""
    session[HANDED] = {"name": name, "address": links.outside("account.activation", token=token)}
    return redirect(url_for(".roles"), code=303)


def _role_or_404(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        abort(404)


def _holder_or_404(user_id: int, role: Role | None = None) -> Holder:
    """Somebody who holds a role: that one, where it is named."""
    fitting = (one for one in questions.holders() if one.user_id == user_id and role in (None, one.role))
    return next(fitting, None) or abort(404)
