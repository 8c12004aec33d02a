"""flask units: importing the list of units."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.files import FILE
from app.cli.lists import List, import_list
from app.operations import units as operations
from app.operations import uploads

units = AppGroup("units", help="单位：导入。")


@units.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="只看结果，不写入。")
@click.option("--skip-faulty", is_flag=True, help="有误的行跳过，导入其余的行。")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def import_(file: Path, dry_run: bool, skip_faulty: bool, as_json: bool) -> None:
    """导入单位表 FILE（列：序号、单位名称、单位代码、上级单位）。

    按代码认单位，没有代码按名称或别名；上下级谁在前面都行。文件里有错误时什么也不写入。

    \b
    例：flask units import 单位表.xlsx --dry-run
        flask units import 单位表.xlsx
    退出码：0 已导入，1 有错误，2 文件读不了
    """
    import_list(
        List("个单位", operations.check_units, uploads.preview_units), file, dry_run, skip_faulty, as_json
    )  # fmt: skip
