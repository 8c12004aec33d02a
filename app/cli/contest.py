"""flask contest: opening contests, and listing them."""

from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.files import print_json, stop, stop_invalid, uploads_folder
from app.cli.moments import MOMENT
from app.extensions import utc_now
from app.operations import contests, people, uploads
from app.operations.contests import Opening
from app.queries import contests as questions
from app.queries import people as people_questions
from app.queries import quizzes
from app.rules import prose
from app.rules.invalid import Invalid
from app.rules.timing import Phase, phase

contest = AppGroup("contest", help="竞赛：开始一场，列出全部。")
EVERYBODY = "all"
STATES = {Phase.BEFORE: "未开始", Phase.OPEN: "进行中", Phase.CLOSED: "已结束"}


@contest.command("open")
@click.argument("quiz")
@click.option("--title", help="竞赛名称，不写就用方案的名称。")
@click.option("--opens", type=MOMENT, required=True, help="开始时间，如 “2026-09-09 09:00”（北京时间）。")
@click.option("--closes", type=MOMENT, required=True, help="截止时间，写法同上。")
@click.option(
    "--roster", default=EVERYBODY, show_default=True, help="all 全体人员；或人员表文件；或单位代码、名称，用逗号隔开。"
)
@click.option("--slug", help="网址中的名字，不写就由名称的拼音得出。")
@click.option("--scope", default="", help="参赛范围的说明，显示在首页。")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def open_(
    quiz: str,
    title: str | None,
    opens: datetime,
    closes: datetime,
    roster: str,
    slug: str | None,
    scope: str,
    as_json: bool,
) -> None:
    """按方案 QUIZ（编号或名称）开一场竞赛，冻结规则、题池和应参赛名单，输出网址中的名字（slug）。

    \b
    例：flask contest open 普法网络知识竞赛 --opens "2026-09-09 09:00" --closes "2026-09-30 18:00"
        flask contest open 3 --title 普法竞赛 --opens … --closes … --roster 人员表.xlsx
        flask contest open 3 --opens … --closes … --roster CZ,DA
    退出码：0 已开，1 不能开（说明原因，什么也没有写入），2 用法不对
    """
    chosen = quiz_named(quiz)
    try:
        unit_ids, user_ids = _roster(roster)
        opening = Opening(
            quiz_id=chosen.id,
            title=title or chosen.title,
            opens_at=opens,
            closes_at=closes,
            unit_ids=unit_ids,
            user_ids=user_ids,
            scope=scope,
            slug=slug,
        )
        made = contests.open_contest(opening, actor=None, now=utc_now())
    except Invalid as error:
        stop_invalid(error)
    url = f"{current_app.config['SETTINGS'].public_url}/c/{made}"
    if as_json:
        print_json({"slug": made, "url": url})
    else:
        click.echo(made)
        click.echo(f"竞赛已开，参赛链接：{url}", err=True)


@contest.command("list")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
def list_(as_json: bool) -> None:
    """列出全部竞赛，新的在前。第一列是其他命令里的 CONTEST。

    \b
    例：flask contest list
        flask contest list --json
    """
    now, rows = utc_now(), questions.listed()
    if as_json:
        print_json([_as_json(row, now) for row in rows])
        return
    if not rows:
        click.echo("还没有竞赛。用 flask contest open 开一场，或在网页“竞赛”里开。")
    for row in rows:
        period = f"{prose.day_and_time(row.opens_at)}—{prose.day_and_time(row.closes_at)}"
        click.echo(f"{row.slug}\t{_state(row, now)}\t{period}\t实参{row.participants}／应参{row.expected}\t{row.title}")


def _as_json(row: questions.ListedContest, now: datetime) -> dict[str, object]:
    return {
        "slug": row.slug,
        "title": row.title,
        "quiz": row.quiz,
        "state": _state(row, now),
        "opens_at": prose.local(row.opens_at).isoformat(),
        "closes_at": prose.local(row.closes_at).isoformat(),
        "expected": row.expected,
        "participants": row.participants,
        "waiting_applications": row.waiting,
    }


def _state(row: questions.ListedContest, now: datetime) -> str:
    return "已暂停" if row.paused_at is not None else STATES[phase(row.opens_at, row.closes_at, now)]


def quiz_named(wanted: str, *, code: int = 1) -> quizzes.QuizRow:
    """The quiz of that number or title, or of a part of the title; ends with that exit code when it is not just one."""
    rows = quizzes.listed()
    exact = [row for row in rows if wanted in (str(row.id), row.title)]
    found = exact or [row for row in rows if wanted in row.title]
    if len(found) != 1:
        offered = "；".join(f"{row.id} {row.title}" for row in rows) or "还没有方案，先执行 flask content load"
        stop(code, f"{'有几份' if found else '没有'}叫“{wanted}”的试卷方案。可用的有：{offered}")
    return found[0]


def _roster(wanted: str) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Who is meant: (unit ids, None), (None, user ids) or (None, None) for everybody."""
    if wanted == EVERYBODY:
        return None, None
    if Path(wanted).is_file():
        return None, _listed_in(Path(wanted))
    called = {name: unit.id for unit in people_questions.units() for name in (unit.name, unit.code) if name}
    names = [name.strip() for name in wanted.replace("，", ",").split(",") if name.strip()]
    unknown = [name for name in names if name not in called]
    if unknown:
        raise Invalid(f"“{'、'.join(unknown)}”既不是文件，也不是单位代码或名称，请核对 --roster。")
    return tuple(called[name] for name in names), None


def _listed_in(file: Path) -> tuple[int, ...]:
    content, now = file.read_bytes(), utc_now()
    judged = people.check_people(content, file.name, now)
    faulty = [row for row in judged["rows"] if row["verdict"] == "error"]
    if faulty or not judged["rows"]:
        raise Invalid(
            f"{file.name} 里有{len(faulty)}行有误，先用 flask roster import {file.name} --dry-run 看明白再来。"
        )
    import_id = uploads.preview_people(content, file.name, folder=uploads_folder(), actor=None, now=now)
    if any(row["action"] in ("add", "change", "revive") for row in judged["rows"]):
        uploads.confirm_import(import_id, actor=None, now=now)
    else:
        uploads.discard_import(import_id, actor=None, now=now)
    return people.known_in(content, file.name, now)
