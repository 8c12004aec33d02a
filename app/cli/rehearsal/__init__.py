"""flask rehearse: made-up people take a made-up contest on the running site, to see what it bears."""

from datetime import datetime, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.contest import quiz_named
from app.cli.files import print_json, stop
from app.cli.rehearsal.browser import Site
from app.cli.rehearsal.running import Interrupted, NotThisSite, cleared, rehearsed, status_of
from app.cli.rehearsal.table import as_json, table
from app.extensions import utc_now
from app.operations.rehearsals import Rehearsing, only_one
from app.queries import quizzes, rehearsals
from app.rules.invalid import Invalid
from app.rules.prose import day_and_time
from app.rules.rehearsal_verdict import Outcome, verdict
from config import Settings

CODES = {Outcome.YES: 0, Outcome.NO: 1, Outcome.UNCLEAR: 2}
REFUSED = 2
CLEAR_OF = timedelta(hours=1)


@click.command("rehearse")
@click.option("--people", type=click.IntRange(1, 20_000), default=300, show_default=True, help="多少人同时参赛。")
@click.option(
    "--minutes",
    type=click.FloatRange(0.05, 180),
    default=5.0,
    show_default=True,
    help="从第一个人进入到最后一个人交卷。",
)
@click.option("--url", help="网站的地址；不写就按 HOST、PORT 连本机。写 PUBLIC_URL 则连反向代理一起演练。")
@click.option("--quiz", "wanted", help="用哪份试卷方案（编号或名称）；不写就用下一场竞赛的。")
@click.option("--yes", is_flag=True, help="有竞赛正在进行或就要开始，也要演练。")
@click.option("--clean", is_flag=True, help="只清除上次中断的演练留下的内容。")
@click.option("--json", "as_values", is_flag=True, help="结果输出为 JSON。")
@with_appcontext
def rehearse(
    people: int, minutes: float, url: str | None, wanted: str | None, yes: bool, clean: bool, as_values: bool
) -> None:
    """演练：让 --people 个模拟人员在 --minutes 分钟里参加一场模拟竞赛，看这台服务器能不能承担。网站须已启动。

    他们和真的参赛者一样打开页面、进入、开考、保存、交卷、看成绩；最后逐人核对确认过的答案是否都存住了，再把演练的
    内容全部删除。参赛者看不到，也不进任何统计和报表。请在启动网站的那台机器上、用同一个用户、同样的设置执行。

    \b
    例：flask rehearse --people 5000 --minutes 5
        flask rehearse --people 2000 --minutes 5 --url https://jingsai.example.gov.cn
        flask rehearse --clean
    退出码：0 可以承担，1 不建议，2 没有测成（说明原因）
    """
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.instance_dir.is_dir():
        stop(REFUSED, f"数据文件夹 {settings.instance_dir} 不存在。请先启动一次网站；在别处就请设 INSTANCE_DIR。")
    try:
        with only_one(settings.instance_dir):
            gone = cleared()
            if clean:
                click.echo(f"已清除上次演练留下的 {gone} 人。" if gone else "没有演练留下的内容。")
                return
            site, length = _site(url, settings), timedelta(minutes=minutes)
            _refuse_if_disturbing(utc_now(), length, yes)
            shown = rehearsed(people, minutes, site, _quiz(wanted), settings)
    except Rehearsing:
        stop(REFUSED, "另一次演练正在进行，请等它结束。")
    except Interrupted:
        stop(REFUSED, "演练已中断，模拟的人员和竞赛已全部清除。")
    except NotThisSite:
        stop(REFUSED, f"{site.url} 用的不是这份数据，模拟的人员已清除。请核对 --url、INSTANCE_DIR、DATABASE_URL。")
    except Invalid as error:
        stop(REFUSED, *error.messages)
    judged = verdict(shown)
    if as_values:
        print_json(as_json(shown, judged))
    else:
        click.echo(table(shown, judged))
    raise SystemExit(CODES[judged.outcome])


def _site(url: str | None, settings: Settings) -> Site:
    """Where the site answers. Ends when it does not."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    try:
        site = Site.of(url) if url else Site("http", host, settings.port)
    except ValueError:
        raise click.UsageError(f"“{url}”不是网址，例：--url https://jingsai.example.gov.cn") from None
    status = status_of(site)
    if status is None:
        stop(
            REFUSED,
            f"连不上 {site.url}。请先启动网站（make run，或 systemctl start zhisai），或用 --url 写明它的地址。",
        )
    if status != 200:
        stop(REFUSED, f"{site.url} 现在不能正常打开（{status}）。请先执行 flask doctor，解决以后再演练。")
    return site


def _refuse_if_disturbing(now: datetime, length: timedelta, yes: bool) -> None:
    found = rehearsals.disturbed(now, now + length + CLEAR_OF)
    if not found or yes:
        return
    for one in found:
        period = f"{day_and_time(one.opens_at)}—{day_and_time(one.closes_at)}"
        click.echo(f"《{one.title}》{'正在进行' if one.opens_at <= now else '就要开始'}：{period}", err=True)
    stop(REFUSED, "演练会占用处理器和磁盘，影响正在答题的人，没有开始。请换个时间；确定现在没有人答题，可加 --yes。")


def _quiz(wanted: str | None) -> quizzes.QuizRow:
    """The one that was asked for; else that of the next contest, else the newest."""
    if wanted is not None:
        return quiz_named(wanted, code=REFUSED)
    coming = rehearsals.coming_quiz(utc_now())
    found = quizzes.one(coming) if coming is not None else next(iter(quizzes.listed()), None)
    if found is None:
        stop(REFUSED, "还没有试卷方案，请先执行 flask content load。")
    return found
