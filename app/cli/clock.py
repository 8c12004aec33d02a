"""flask clock: the time in use, and what to do when the machine's clock has jumped."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.files import print_json
from app.clock import Clock
from app.extensions import utc_now
from app.operations.attempts import hand_in_overdue
from app.queries.attempts import answering
from app.rules.prose import local

clock = AppGroup("clock", help="时钟：机器的时钟跳变以后查看和确认。")


@clock.command("show")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def show(as_json: bool) -> None:
    """显示本系统在用的时间，和机器的时钟差多少。

    机器的时钟跳变时，本系统照原来的时间继续，正在作答的人不多也不少时间；没有人作答时自动改用机器的时间。

    \b
    例：flask clock show
    退出码：0 一致，1 机器的时钟跳变过、还没有改用
    """
    ahead, now, people = _clock().ahead, utc_now(), answering(utc_now())
    if as_json:
        print_json({"in_use": now.isoformat(), "ahead_seconds": ahead.total_seconds(), "answering": people})
    elif ahead:
        click.echo(
            f"在用的时间：{_told(now)}\n机器的时间：{_told(now + ahead)}\n"
            f"正在作答：{people} 人。\n机器的时间对，请执行 flask clock accept；不对，请把机器的时钟校准。"
        )
    else:
        click.echo(f"在用的时间：{_told(now)}，与机器的时钟一致。")
    raise SystemExit(1 if ahead else 0)


@clock.command("accept")
@click.option("--yes", is_flag=True, help="有人正在作答也改用。")
def accept(yes: bool) -> None:
    """确认机器现在的时间是对的，改用它。网站几秒钟后跟着改用，不用重启。

    \b
    例：flask clock accept
    退出码：0 已改用，1 有人正在作答，没有改
    """
    ahead, people = _clock().ahead, answering(utc_now())
    if ahead and people and not yes:
        effect = "少" if ahead.total_seconds() > 0 else "多"
        click.echo(
            f"正在作答的有 {people} 人，现在改用，他们每人会{effect} {abs(ahead.total_seconds()):.0f} 秒。"
            "可以等他们交卷（那以后自动改用），或先给他们延长时间；仍要现在改，请加 --yes。",
            err=True,
        )
        raise SystemExit(1)
    hand_in_overdue(now=utc_now())  # what is over by the old time must not begin again by the new one
    _clock().accept()
    click.echo(f"已改用机器的时间：{_told(utc_now())}。")


def _clock() -> Clock:
    used: Clock = current_app.extensions["clock"]
    return used


def _told(moment: datetime) -> str:
    return f"{local(moment):%Y年%m月%d日 %H:%M:%S}"
