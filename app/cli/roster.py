"""flask roster: importing the list of people."""

from functools import partial
from pathlib import Path
from typing import Literal

import click
from flask.cli import AppGroup

from app.cli.files import FILE
from app.cli.lists import List, import_list
from app.operations import people, uploads

roster = AppGroup("roster", help="人员名单：导入。")


@roster.command("import")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="全量替换：文件所列单位里，文件没有的人停用（答过题的不动）。")
@click.option("--dry-run", is_flag=True, help="只看结果，不写入。")
@click.option("--skip-faulty", is_flag=True, help="有误的行跳过，导入其余的行。")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def import_(file: Path, replace: bool, dry_run: bool, skip_faulty: bool, as_json: bool) -> None:
    """导入人员表 FILE（列：姓名、单位、手机、工号、账号）。先导入单位表。

    按工号认人，没有工号按姓名加手机，再没有按姓名加单位并提醒；从不只按姓名。
    文件里有错误时什么也不写入。身份证号一列会整列舍去。

    \b
    例：flask roster import 人员表.xlsx --dry-run
        flask roster import 人员表.xlsx
        flask roster import 人员表.xlsx --replace
    退出码：0 已导入，1 有错误，2 文件读不了
    """
    mode: Literal["supplement", "replace"] = "replace" if replace else "supplement"
    preview = partial(uploads.preview_people, mode=mode)
    import_list(List("人", partial(people.check_people, mode=mode), preview), file, dry_run, skip_faulty, as_json)
