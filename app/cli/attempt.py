"""flask attempt: handing in what is overdue."""

import click
from flask.cli import AppGroup

from app.cli.files import print_json
from app.extensions import utc_now
from app.operations.attempts import hand_in_overdue

attempt = AppGroup("attempt", help="答卷：交上到时的卷。")


@attempt.command("hand-in-overdue")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def hand_in_overdue_(as_json: bool) -> None:
    """把过了截止时刻和宽限、还没交的答卷都交上。网站运行时会自动做，停机时可用这条命令。

    \b
    例：flask attempt hand-in-overdue
    退出码：0
    """
    count = hand_in_overdue(now=utc_now())
    if as_json:
        print_json({"handed_in": count})
    else:
        click.echo(f"交上了 {count} 份到时的答卷。" if count else "没有到时未交的答卷。")
