"""flask user: accounts of those who manage something."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.files import print_json, stop
from app.extensions import utc_now
from app.operations import accounts
from app.operations.accounts import LoginTaken
from app.queries import accounts as questions
from app.rules.invalid import Invalid
from app.rules.password import WeakPassword, check_password
from app.rules.roles import Role

user = AppGroup("user", help="账号：新建组织者和管理员，停用账号。")


@user.command("create")
@click.option("--login", required=True, help="账号。")
@click.option("--name", required=True, help="姓名。")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), help="角色：organizer 组织者，administrator 管理员。"
)
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码；不加就输出一次性链接，由本人设置。")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def create(login: str, name: str, role: str | None, password_stdin: bool, as_json: bool) -> None:
    """新建账号，输出7天内有效的一次性链接；没有默认密码。

    \b
    例：flask user create --login zhoumin --name 周敏 --role organizer
        printf '%s' "$PASSWORD" | flask user create --login sunju --name 孙局 --role administrator --password-stdin
    退出码：0 已建，1 账号已有人用或密码太弱，2 用法不对
    """
    password = sys.stdin.read().rstrip("\n") if password_stdin else None
    now, policy = utc_now(), current_app.config["SETTINGS"].password_policy
    try:
        if password is not None:
            check_password(password, (login, name), policy)
        user_id, token = accounts.make_account(name, login, Role(role) if role else None, actor=None, now=now)
        if password is not None:
            accounts.set_password(user_id, password, now=now, policy=policy)
    except (LoginTaken, WeakPassword, Invalid) as error:
        stop(1, str(error))
    link = None if password is not None else f"{current_app.config['SETTINGS'].public_url}/activation/{token}"
    if as_json:
        print_json({"id": user_id, "login": login, "role": role, "link": link})
    else:
        click.echo(f"已新建账号 {login}。" + (f"请本人在7天内打开：{link}" if link else "密码已设好。"))


@user.command("disable")
@click.option("--login", required=True, help="账号。")
def disable(login: str) -> None:
    """停用账号：立即退出所有登录，收回全部角色，未用的链接作废；人还在名单上，仍可用姓名参赛。

    \b
    例：flask user disable --login zhoumin
    退出码：0 已停用，1 没有这个账号，或者他是最后一个管理员
    """
    found = questions.by_login(login)
    if found is None:
        stop(1, f"没有账号 {login}。")
    if not accounts.disable(found.id, actor=None, now=utc_now()):
        stop(1, "他是最后一个管理员，停用以后就没有人能管理了。请先设一个新的管理员。")
    click.echo(f"已停用账号 {login}。")
