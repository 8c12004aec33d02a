"""flask content: the banks and quizzes that come with the house."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.files import print_json, stop
from app.extensions import utc_now
from app.operations.content import ContentError, load_content

ROOT = Path(__file__).resolve().parent.parent.parent

content = AppGroup("content", help="随系统提供的题库和试卷方案。")


@content.command("load")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def load(as_json: bool) -> None:
    """载入 question_banks/ 里的题库和 quizzes/ 里的试卷方案。

    没有变化的文件跳过；改过的题成为新的修订，删去的题停用；已发布的竞赛不受影响。

    \b
    例：flask content load
    退出码：0 成功，1 文件有误
    """
    quizzes = Path(current_app.config.get("QUIZZES_DIR", ROOT / "quizzes"))
    banks = Path(current_app.config.get("QUESTION_BANKS_DIR", ROOT / "question_banks"))
    try:
        loaded = load_content(quizzes, banks, now=utc_now())
    except ContentError as error:
        stop(1, str(error))
    if as_json:
        print_json(vars(loaded))
        return
    for notice in loaded.notices:
        click.echo(notice)
    click.echo(
        f"载入题库 {loaded.banks} 个、试卷方案 {loaded.quizzes} 份，没有变化的 {loaded.unchanged} 个；"
        f"新增 {loaded.added} 题，修订 {loaded.revised} 题，停用 {loaded.retired} 题。"
    )
