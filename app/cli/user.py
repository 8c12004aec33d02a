"""flask user: accounts of those who manage something."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.files import print_json, stop
from app.extensions import utc_now
from app.operations import accounts
from app.operations.accounts import LoginTaken, WeakPassword
from app.rules.invalid import Invalid
from app.rules.roles import Role

user = AppGroup("user", help="账号：新建组织者和管理员。")


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
    now = utc_now()
    try:
        if password is not None:
            accounts.check_password(password, login)
        user_id, token = accounts.make_account(name, login, Role(role) if role else None, actor=None, now=now)
        if password is not None:
            accounts.set_password(user_id, password, now=now)
    except (LoginTaken, WeakPassword, Invalid) as error:
        stop(1, str(error))
    link = None if password is not None else f"{current_app.config['SETTINGS'].public_url}/activation/{token}"
    if as_json:
        print_json({"id": user_id, "login": login, "role": role, "link": link})
    else:
        click.echo(f"已新建账号 {login}。" + (f"请本人在7天内打开：{link}" if link else "密码已设好。"))
