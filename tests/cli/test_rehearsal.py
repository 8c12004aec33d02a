"""flask rehearse: made-up people on a site that really serves, what is told of it, and what it refuses."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

import run as serving
from app.cli import rehearsal
from app.cli.rehearsal import crowd
from app.cli.rehearsal.browser import Site
from app.cli.rehearsal.server import Watch, listeners
from app.cli.rehearsal.table import table
from app.database import db
from app.extensions import utc_now
from app.models import AuditEntry
from app.operations import content, rehearsals
from app.operations.rehearsals import only_one
from app.queries import rehearsals as questions
from app.rules.rehearsal import extras
from app.rules.rehearsal_verdict import verdict
from bench.served import Served, free_port
from config import ROOT
from tests import factories
from tests.operations.rehearsing import everything
from tests.rules.test_rehearsal_verdict import GOOD

QUICK = ("--people", "5", "--minutes", "0.05")


@pytest.fixture
def city(released):
    """A city, on a database that a real server will take over as it is."""
    return factories.city(duration=3600)


@pytest.fixture
def made_run(settings, database_url, tmp_path):
    """The port of the site as `make run` serves it, in processes of its own."""
    port = free_port()
    environment = {"INSTANCE_DIR": str(settings.instance_dir), "DATABASE_URL": database_url, "PORT": str(port)}
    with Served([sys.executable, "run.py"], environment, port, tmp_path / "server.log"):
        yield port


@pytest.fixture
def served(app):
    """The port of the application, served by threads of this process: up at once."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def port(backend, city, request):
    return request.getfixturevalue("made_run" if backend == "sqlite" else "served")


@pytest.fixture
def run(runner):
    """Run the command; gives its exit code, what it printed, and what it complained of."""

    def go(*words):
        result = runner.invoke(args=["rehearse", *map(str, words)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return go


def test_made_up_people_take_part_on_the_running_site_and_nothing_of_it_is_left(port, city, run):
    now = utc_now()
    factories.contest(city, now=now)
    before = everything()
    code, out, err = run(*QUICK, "--url", f"http://127.0.0.1:{port}", "--quiz", city.quiz, "--yes", "--json")
    told = json.loads(out)
    assert "正在准备 5 名模拟人员，试卷方案：普法小竞赛" in err
    counts = {name: told[name] for name in ("people", "lost", "doubled", "misgraded", "unfinished", "faults", "errors")}
    nothing = {"lost": 0, "doubled": 0, "misgraded": 0, "unfinished": 0, "faults": 0, "errors": []}
    assert counts == {"people": 5} | nothing
    assert {step: found["count"] for step, found in told["steps"].items()} == {
        "enter": 10, "start": 5, "save": 10, "hand_in": 5,
    }  # fmt: skip
    assert told["acknowledged_saves"] == 10
    assert code == {"yes": 0, "no": 1, "unclear": 2}[told["outcome"]]  # this machine may be busy with other things
    after = everything()
    entries = [row for row in after.pop("audit_entries") if row not in before["audit_entries"]]
    del before["audit_entries"]
    assert after == before
    assert len(entries) == 3 + 2 * 5


@pytest.mark.database("sqlite")
def test_a_rehearsal_whose_terminal_went_away_clears_up(served, city, settings):
    factories.contest(city, now=utc_now(), opens=utc_now() + timedelta(days=1))
    before = _kept()
    started = _rehearse_elsewhere(served, settings)
    started.send_signal(signal.SIGHUP)
    _, told = started.communicate(timeout=30)
    assert (started.returncode, "演练已中断，模拟的人员和竞赛已全部清除。" in told) == (2, True)
    assert _kept() == before


@pytest.mark.database("sqlite")
def test_a_rehearsal_that_was_killed_is_cleared_at_the_next_start_of_the_site(served, city, settings, app, monkeypatch):
    factories.contest(city, now=utc_now(), opens=utc_now() + timedelta(days=1))
    before = _kept()
    started = _rehearse_elsewhere(served, settings)
    started.kill()
    started.communicate(timeout=30)
    db.session.rollback()
    assert questions.leftovers().people == 5
    monkeypatch.setattr(content, "load_content", lambda *_, **__: None)  # takes its time, and is not what is asked
    serving.prepare(app)
    assert _kept() == before


def _kept():
    """Everything but what a start and a rehearsal add for good."""
    return {name: rows for name, rows in everything().items() if name not in ("audit_entries", "activations")}


def _rehearse_elsewhere(port, settings):
    """A rehearsal in a process of its own, in the middle of which somebody is answering."""
    own = {"INSTANCE_DIR": str(settings.instance_dir), "PORT": str(port), "FLASK_APP": "app"}
    own |= {"DATABASE_URL": settings.database_url}
    flask = os.path.join(os.path.dirname(sys.executable), "flask")
    started = subprocess.Popen(
        [flask, "rehearse", "--people", "5", "--minutes", "0.4"], cwd=ROOT, env=os.environ | own, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    answering = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "attempt.start")
    earlier, patience = db.session.scalar(answering), time.monotonic() + 30
    while db.session.scalar(answering) == earlier and started.poll() is None and time.monotonic() < patience:
        db.session.rollback()
        time.sleep(0.05)
    db.session.rollback()
    return started


@pytest.fixture
def unserved(city, run, monkeypatch):
    """The command, on a site that seems to answer."""
    monkeypatch.setattr(rehearsal, "status_of", lambda _: 200)
    return run


def test_a_contest_that_is_open_or_soon_is_refused_by_name_with_what_to_do(city, unserved):
    now = utc_now()
    factories.contest(city, now=now, title="正式赛")
    factories.contest(city, now=now, opens=now + timedelta(minutes=30), title="下一场", slug="next")
    code, out, err = unserved(*QUICK)
    assert (code, out) == (2, "")
    assert "《正式赛》正在进行：" in err and "《下一场》就要开始：" in err
    assert "请换个时间；确定现在没有人答题，可加 --yes。" in err
    assert not questions.leftovers()


def test_an_address_that_does_not_answer_or_is_none_is_told(city, run):
    port = free_port()
    code, _, err = run(*QUICK, "--url", f"http://127.0.0.1:{port}")
    assert (code, f"连不上 http://127.0.0.1:{port}。请先启动网站" in err) == (2, True)
    code, _, err = run(*QUICK, "--url", "jingsai.example.gov.cn")
    assert (code, "“jingsai.example.gov.cn”不是网址" in err) == (2, True)


def test_a_site_that_cannot_be_opened_is_told(run, city, monkeypatch):
    monkeypatch.setattr(rehearsal, "status_of", lambda _: 503)
    code, _, err = run(*QUICK)
    assert (code, "现在不能正常打开（503）。请先执行 flask doctor" in err) == (2, True)


def test_a_site_with_other_data_is_told_and_nothing_is_left(unserved, monkeypatch):
    async def elsewhere(_site, _path):
        return 404

    monkeypatch.setattr(crowd, "status_of", elsewhere)
    code, _, err = unserved(*QUICK)
    assert (code, "用的不是这份数据" in err) == (2, True)
    assert not questions.leftovers()


def test_too_few_connections_are_told_before_anything_is_made(unserved, monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 100))
    code, _, err = unserved(*QUICK)
    assert (code, "请先执行 ulimit -n 1005，或减少人数。" in err) == (2, True)


def test_a_second_rehearsal_waits_for_the_first(unserved, settings):
    with only_one(settings.instance_dir):
        assert unserved(*QUICK)[::2] == (2, "另一次演练正在进行，请等它结束。\n")


def test_an_error_of_ours_leaves_nothing_either(unserved, monkeypatch):
    async def well(_site, _path):
        return 200

    async def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(crowd, "status_of", well)
    monkeypatch.setattr(crowd, "gather", broken)
    with pytest.raises(ZeroDivisionError):
        unserved(*QUICK)
    assert not questions.leftovers()


def test_a_quiz_that_is_none_is_told_with_those_there_are(unserved):
    code, _, err = unserved(*QUICK, "--quiz", "没有的方案")
    assert (code, "没有叫“没有的方案”的试卷方案。可用的有：1 普法小竞赛" in err) == (2, True)


def test_what_is_left_is_cleared_on_request(city, run):
    rehearsals.set_up(city.quiz, extras(3, "seed"), timedelta(minutes=1), actor=None, now=utc_now())
    assert run("--clean") == (0, "已清除上次演练留下的 3 人。\n", "")
    assert run("--clean") == (0, "没有演练留下的内容。\n", "")


@pytest.mark.parametrize("words", [("--people", "0"), ("--people", "30000"), ("--minutes", "0"), ("--minutes", "999")])
@pytest.mark.database("sqlite")
def test_impossible_sizes_are_refused(run, words):
    assert run(*words)[0] == 2


@pytest.mark.database("sqlite")
def test_the_table_tells_an_administrator_everything(context):
    told = table(GOOD, verdict(GOOD))
    assert told.splitlines()[:7] == [
        "演练：5000 人，5 分钟",
        "",
        "        次数  一半不超过  95%不超过      最慢",
        "  进入   100     10 毫秒    50 毫秒  200 毫秒",
        "  开考   100     10 毫秒    50 毫秒  200 毫秒",
        "  保存   100     10 毫秒    50 毫秒  200 毫秒",
        "  交卷   100     10 毫秒    50 毫秒  200 毫秒",
    ]
    for part in (
        "20000 次；丢失 0 人，重复答卷 0 人，误判 0 份",
        "人人走到了成绩页",
        "2 核；平均 40%，最忙 70%（网站 30%，演练程序自己 10%）",
        "网站最多用 100 MB；整机已用 50%",
        "落盘 2.0 毫秒，剩余 50.0 GB",
        "结论：可以承担 5000 人同时参赛。",
    ):
        assert part in told


@pytest.mark.database("sqlite")
def test_the_serving_process_is_found_by_its_port_and_watched(context):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        assert listeners(port) == [os.getpid()]
        watch = Watch(port)
        sum(range(200_000))
        watch.look()
        assert watch.serves_here
        assert (watch.server_memory or 0) > 10_000_000
        assert watch.server >= 0
        assert watch.connections == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert listeners(port) == []
    assert not Watch(port).serves_here


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://127.0.0.1:8000", Site("http", "127.0.0.1", 8000)),
        ("https://jingsai.example.gov.cn", Site("https", "jingsai.example.gov.cn", 443)),
        ("http://[::1]:81/x", Site("http", "::1", 81)),
    ],
)
def test_an_address_is_read_as_a_browser_reads_it(url, site):
    assert Site.of(url) == site
    assert site.url in (url, f"{url}:443", "http://[::1]:81")
