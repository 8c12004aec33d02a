"""What every page says of this site; on a new installation, what to do next."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from app.extensions import utc_now
from app.operations.site import SiteWords, describe_site
from app.queries import accounts, contests, people, quizzes
from app.rules.roles import Role
from app.web import access, links
from app.web.access import role_required
from app.web.admin import bp

WORDS = ("name", "organizer", "phone", "phone_hours", "icp")


class SiteForm(FlaskForm):
    """The words of the site."""

    name = StringField(
        "站点名称", validators=[DataRequired("请填站点名称。"), Length(max=100, message="请在100字以内。")]
    )
    organizer = StringField("主办单位", validators=[Length(max=100, message="请在100字以内。")])
    phone = StringField("咨询电话", validators=[Length(max=60, message="请在60字以内。")])
    phone_hours = StringField("电话时间", validators=[Length(max=60, message="请在60字以内。")])
    icp = StringField("备案号", validators=[Length(max=100, message="请在100字以内。")])
    retention_days = IntegerField(
        "回执保存天数",
        validators=[Optional(), NumberRange(30, 3650, message="请填30到3650之间的天数。")],
    )


@dataclass(frozen=True)
class Step:
    """One thing to do on a new installation."""

    title: str
    why: str
    link: str
    is_done: bool


@bp.route("", methods=["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def settings() -> ResponseReturnValue:
    """站点设置"""
    site = accounts.site()
    form = SiteForm(obj=site)
    if form.validate_on_submit():
        words = SiteWords(
            **{name: (form[name].data or "").strip() for name in WORDS},
            retention_days=form.retention_days.data or site.retention_days,
        )
        describe_site(words, actor=access.actor().user_id, now=utc_now())
        flash("已保存，各页从现在起这样显示。", "info")
        return redirect(url_for(".settings"), code=303)
    public_url = current_app.config["SETTINGS"].public_url
    return render_template(
        "admin/settings.html",
        form=form,
        steps=_steps(bool(site.organizer and site.phone)),
        public_url=public_url,
        warning=links.reach_warning(public_url),
    )


def _steps(is_described: bool) -> list[Step]:
    """What is to be done before the first contest; empty once there is one."""
    if contests.listed():
        return []
    has_people = any(node.total for node in people.unit_tree())
    return [
        Step("填好站点设置", "主办单位和咨询电话会出现在每一页和每次进不去的提示里。", "#site", is_described),
        Step("导入单位和人员", "单位表、人员表各一份Excel，先预览，再导入。", url_for("organizer.units"), has_people),
        Step(
            "看看试卷方案", "自带三份，也可以用自己的题库另做。", url_for("organizer.quizzes"), bool(quizzes.listed())
        ),
        Step("开一场竞赛", "选方案、定时间、选单位，发出链接和海报。", url_for("organizer.contest_new"), False),
    ]
