"""flask bank: checking and importing question banks."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.cli.files import (
    FILE,
    UNREADABLE,
    is_unreadable,
    print_json,
    print_problems,
    problems_json,
    stop,
    stop_invalid,
    uploads_folder,
)
from app.cli.progress import steps
from app.extensions import utc_now
from app.formats.bank_export import FORMS
from app.operations import uploads
from app.operations.bank_previews import check_bank, lint_bank
from app.operations.exports import export_bank
from app.queries import banks, imports
from app.queries.imports import Preview, PreviewRow, RowProblem
from app.rules.invalid import Invalid
from app.rules.matching import row_place
from app.rules.question import QuestionKind

bank = AppGroup("bank", help="题库：检查、审读、导入、导出。")


@bank.command("check", with_appcontext=False)
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def check(file: Path, as_json: bool) -> None:
    """检查题库文件 FILE，不写入任何内容，也不用数据库。

    认得 .docx、.xlsx、.xls、.ods、.csv、.txt（UTF-8 或 GB18030 编码），以及 GIFT、Aiken、Moodle XML、QTI、JSON。

    \b
    例：flask bank check 普法题库.xlsx
        flask bank check 普法题库.txt --json
    退出码：0 没有错误（可以有提醒），1 有错误，2 文件读不了
    """
    with steps(2) as bar:
        bar.begin("读取")
        content = file.read_bytes()
        bar.begin("核对")
        checked = check_bank(content, file.name)
    rows = imports.preview_rows(checked)
    report = _report(file, checked["title"], rows, imports.problems_of(checked))
    if as_json:
        print_json(report)
    else:
        print_problems(report["problems"])
    if not as_json and not is_unreadable(imports.problems_of(checked)):
        kinds = "，".join(f"{QuestionKind(kind).label} {count}" for kind, count in report["by_kind"].items() if count)
        found = f"《{report['title']}》读到 {report['questions']} 题" + (f"（{kinds}）" if kinds else "")
        click.echo(f"{found}，可用 {report['usable']} 题。")
    if is_unreadable(imports.problems_of(checked)):
        raise SystemExit(UNREADABLE)
    raise SystemExit(1 if any(row.verdict == "error" for row in rows) else 0)


@bank.command("lint", with_appcontext=False)
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def lint(file: Path, as_json: bool) -> None:
    """像编辑那样审读题库文件 FILE：写法、依据、重复、答案是否均衡、会不会泄题。不写入，也不用数据库。

    bank check 看能不能导入，bank lint 看是不是一份好题库；自带题库没有一条意见。

    \b
    例：flask bank lint 普法题库.txt
    退出码：0 没有意见，1 有意见，2 文件读不了
    """
    linted = lint_bank(file.read_bytes(), file.name)
    if as_json:
        remarks = [asdict(remark) for remark in linted.remarks]
        problems = [asdict(problem) for problem in linted.problems]
        print_json({"title": linted.title, "questions": linted.questions, "problems": problems, "remarks": remarks})
    else:
        for problem in linted.problems:
            click.echo(f"{row_place(problem.row, problem.sheet) if problem.row else '全文'}　{problem.message}")
        for remark in linted.remarks:
            where = f"第{remark.number}题（{remark.place}）" if remark.number else remark.place or "整个题库"
            click.echo(f"{where}　{remark.subject}：{remark.message}")
    if not linted.questions:
        raise SystemExit(UNREADABLE)
    if not as_json:
        found = len(linted.problems) + len(linted.remarks)
        click.echo(f"《{linted.title}》{linted.questions}题，" + (f"{found}条意见。" if found else "没有意见。"))
    raise SystemExit(1 if linted.problems or linted.remarks else 0)


@bank.command("import")
@click.argument("file", type=FILE)
@click.option("--title", required=True, help="题库名称；已有这个题库时，题目接在后面。")
@click.option("--skip-faulty", is_flag=True, help="有误的题跳过，导入其余的题。")
@click.option("--pending", is_flag=True, help="导入的题待审核，有人通过以后才会被抽到。")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def import_(file: Path, title: str, skip_faulty: bool, pending: bool, as_json: bool) -> None:
    """把题库文件 FILE 导入名为 T 的题库，没有就新建。导入的题即可使用；加 --pending 则待审核。

    文件里有错误时什么也不写入；加 --skip-faulty 则跳过有误的题。题库里已有的题不再导入。

    \b
    例：flask bank import 普法题库.xlsx --title 普法知识题库（2026）
        flask bank import 普法题库.txt --title 普法知识题库（2026） --skip-faulty
    退出码：0 已导入，1 有错误或没有可导入的题，2 文件读不了
    """
    with steps(3) as bar:
        bar.begin("读取")
        content = file.read_bytes()
        checked = check_bank(content, file.name)
        problems, rows = imports.problems_of(checked), imports.preview_rows(checked)
        faulty = [row for row in rows if row.verdict == "error"]
        if is_unreadable(problems) or (faulty and not skip_faulty):
            _refuse(_report(file, title, rows, problems), as_json)
        bar.begin("核对")
        preview, outcome = _import(content, file, title, approve=not pending)
        bar.begin("写入")
    report = _report(file, title, preview.rows, preview.problems)
    report |= {"bank": outcome["bank_id"], "added": outcome["added"]}
    report["skipped"] = len(preview.rows) - outcome["added"]
    report["state"] = outcome["state"]
    if as_json:
        print_json(report)
        return
    print_problems(report["problems"])
    click.echo(f"题库“{preview.title}”新增 {report['added']} 题，没有导入 {report['skipped']} 题。")
    if pending:
        click.echo("这些题待审核，通过以后才会被抽到。")


@bank.command("export")
@click.argument("title")
@click.option("--form", type=click.Choice(list(FORMS)), default="text", show_default=True, help="写成哪一种。")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件；不写就用题库名。")
@click.option("--pending", is_flag=True, help="待审核的题也写进去。")
def export(title: str, form: str, output: Path | None, pending: bool) -> None:
    """把名为 TITLE 的题库写成一个文件。

    \b
    例：flask bank export 普法知识题库 --form word-paper -o 试卷.docx
        flask bank export 普法知识题库 --form xlsx
    退出码：0 已写出，1 没有这个题库或没有题
    """
    found = banks.by_title(title)
    if found is None:
        stop(1, f"没有题库“{title}”。")
    try:
        export = export_bank(found.id, form, with_pending=pending, actor=None, now=utc_now())
    except Invalid as error:
        stop_invalid(error)
    target = output or Path(export.name)
    target.write_bytes(export.content)
    click.echo(f"已写出 {target}（{FORMS[form].label}）。")
    for sentence in export.lost:
        click.echo(f"带不走：{sentence}")


def _import(content: bytes, file: Path, title: str, *, approve: bool) -> tuple[Preview, dict[str, Any]]:
    now = utc_now()
    try:
        import_id = uploads.preview_bank(content, file.name, title=title, folder=uploads_folder(), actor=None, now=now)
        preview = imports.one(import_id)
        assert preview is not None
        if not preview.is_confirmable:
            uploads.discard_import(import_id, actor=None, now=now)
            print_problems(problems_json(preview.problems, preview.rows))
            stop(1, "没有可以导入的题，什么也没有写入。")
        return preview, uploads.confirm_import(import_id, actor=None, now=now, approve=approve).outcome
    except Invalid as error:
        stop_invalid(error)


def _refuse(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        print_problems(report["problems"])
    if not report["questions"]:
        stop(UNREADABLE, "没有读到试题，什么也没有写入。")
    faulty = len({(p["sheet"], p["row"]) for p in report["problems"] if p["level"] == "error"})
    stop(1, f"有 {faulty} 题有误，什么也没有写入。请改好后再导入；或加 --skip-faulty，跳过这些题，导入其余的题。")


def _report(file: Path, title: str, rows: tuple[PreviewRow, ...], problems: tuple[RowProblem, ...]) -> dict[str, Any]:
    kinds = Counter(str(row.draft.kind) for row in rows if row.draft)
    return {
        "file": file.name,
        "title": title,
        "questions": len(rows),
        "by_kind": {str(kind): kinds[kind] for kind in QuestionKind},
        "usable": sum(1 for row in rows if row.action == "add"),
        "problems": problems_json(problems, rows),
    }
