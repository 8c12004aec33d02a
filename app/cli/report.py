"""flask report: the unit report as a file or as JSON."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.files import stop
from app.cli.progress import steps
from app.extensions import utc_now
from app.operations.reports import unit_report
from app.queries import contests
from app.reports import csv_file, excel, tables
from app.reports.tables import ReportDocument


@click.command("report")
@click.argument("contest")
@click.option(
    "--format", "form", type=click.Choice(["json", "csv", "xlsx"]), default="json", show_default=True, help="格式。"
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到这个文件；不写就输出到屏幕（xlsx 必须写）。",
)
@with_appcontext
def report(contest: str, form: str, output: Path | None) -> None:
    """竞赛 CONTEST（slug，见 flask contest list）的各单位参赛情况统计表。

    \b
    例：flask report 2026-pfwlzsjs --format xlsx -o 统计表.xlsx
        flask report 2026-pfwlzsjs --format json
    退出码：0 已写出，1 没有这场竞赛或写不进文件，2 用法不对
    """
    if form == "xlsx" and output is None:
        raise click.UsageError("xlsx 要写到文件里，请加 -o 文件名.xlsx。")
    row = contests.by_slug(contest)
    if row is None or row.is_rehearsal:
        stop(1, f"没有叫“{contest}”的竞赛，用 flask contest list 看有哪些。")
    with steps(2) as bar:
        bar.begin("统计")
        document = unit_report(row, now=utc_now())
        bar.begin("写出")
        content = _written(document, form)
    if output is None:
        click.echo(content.decode("utf-8-sig"), nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        stop(1, f"写不进 {output}：{error.strerror}。请换个位置，或腾出空间后再试。")
    click.echo(f"已写出 {output}", err=True)


def _written(document: ReportDocument, form: str) -> bytes:
    if form == "xlsx":
        return excel.write_excel(document)
    if form == "csv":
        return csv_file.write_csv(document)
    return (json.dumps(tables.as_json(document), ensure_ascii=False, indent=2) + "\n").encode()
