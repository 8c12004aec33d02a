"""Opening, listing, reporting, handing in and making accounts from the command line."""

import json
from datetime import timedelta

import openpyxl
import pytest

from app.operations import attempts
from app.operations.sign_ins import sign_in
from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD

OPENS, CLOSES = ("--opens", "2026-09-17 11:00"), ("--closes", "2026-09-18 11:00")


@pytest.fixture
def city(app):
    app.config["CLOCK"] = lambda: NOON
    with app.app_context():
        return factories.city()


@pytest.fixture
def run(runner):
    """Run a command; gives its exit code, what it printed, and what it complained of."""

    def go(*words, **more):
        result = runner.invoke(args=list(words), **more)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return go


def opened(run, *more):
    return run("contest", "open", "普法小竞赛", "--title", "普法竞赛", *OPENS, *CLOSES, *more)


def test_a_contest_is_opened_and_listed_by_its_slug(city, run):
    code, out, err = opened(run)
    assert (code, out) == (0, "2026-pfjs\n")
    assert "/c/2026-pfjs" in err
    (row,) = json.loads(run("contest", "list", "--json")[1])
    assert (row["slug"], row["state"], row["expected"], row["participants"]) == ("2026-pfjs", "进行中", 5, 0)
    assert row["opens_at"] == "2026-09-17T11:00:00+08:00"


def test_the_list_says_what_to_do_when_it_is_empty(city, run):
    assert "还没有竞赛" in run("contest", "list")[1]


def test_a_contest_for_units_by_code_or_name(city, run):
    assert json.loads(opened(run, "--roster", "CZ", "--json")[1])["slug"] == "2026-pfjs"
    assert opened(run, "--roster", "市档案馆，CZ01")[0] == 0
    counts = [row["expected"] for row in json.loads(run("contest", "list", "--json")[1])]
    assert counts == [3, 3]


def test_a_contest_for_the_people_of_a_file(city, run, tmp_path):
    file = tmp_path / "名单.csv"
    file.write_text("姓名,单位,手机\n王芳,市财政局,13800001111\n赵敏,市档案馆,13800004444\n", encoding="gb18030")
    assert opened(run, "--roster", str(file))[0] == 0
    (row,) = json.loads(run("contest", "list", "--json")[1])
    assert row["expected"] == 2


def test_a_file_with_a_faulty_row_opens_nothing(city, run, tmp_path):
    file = tmp_path / "名单.csv"
    file.write_text("姓名,单位,手机\n王芳,市人社局,13800001111\n", encoding="utf-8")
    code, _, err = opened(run, "--roster", str(file))
    assert code == 1
    assert "有1行有误" in err
    assert json.loads(run("contest", "list", "--json")[1]) == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("没有这份", *OPENS, *CLOSES), 1, "没有叫“没有这份”的试卷方案"),
        (("普法小竞赛", *CLOSES, "--opens", "明天"), 2, "“明天”不是时间"),
        (("普法小竞赛", "--opens", "2026-09-19 11:00", *CLOSES), 1, "截止时间应晚于开始时间。"),
        (("普法小竞赛", *OPENS, *CLOSES, "--roster", "XX"), 1, "“XX”既不是文件，也不是单位代码或名称"),
    ],
)
def test_what_is_wrong_is_said_with_its_exit_code(city, run, words, code, message):
    found, _, err = run("contest", "open", *words)
    assert (found, message in err) == (code, True)


def test_the_report_as_json_csv_and_excel(app, city, run, tmp_path):
    opened(run)
    shown = json.loads(run("report", "2026-pfjs")[1])
    assert [row["单位"] for row in shown["rows"]][:3] == ["市财政局本级", "市国库支付中心", "市财政局合计"]
    assert run("report", "2026-pfjs", "--format", "csv", "-o", str(tmp_path / "r.csv"))[0] == 0
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert run("report", "2026-pfjs", "--format", "xlsx", "-o", str(tmp_path / "r.xlsx"))[0] == 0
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").active["A1"].value == "各单位参赛情况统计表"


def test_a_report_of_nothing_or_into_nowhere_says_so(city, run, tmp_path):
    opened(run)
    assert run("report", "nothing")[::2] == (1, "没有叫“nothing”的竞赛，用 flask contest list 看有哪些。\n")
    assert run("report", "2026-pfjs", "--format", "xlsx")[0] == 2
    assert run("report", "2026-pfjs", "-o", str(tmp_path / "no" / "r.json"))[0] == 1


def test_overdue_papers_are_handed_in_by_hand(app, city, run):
    with app.app_context():
        contest, _ = factories.contest(city)
        attempts.start(contest, city.wang_fang, now=NOON)
    assert "没有到时未交的答卷" in run("attempt", "hand-in-overdue")[1]
    app.config["CLOCK"] = lambda: NOON + timedelta(minutes=32)
    assert json.loads(run("attempt", "hand-in-overdue", "--json")[1]) == {"handed_in": 1}


def test_an_account_comes_with_a_one_time_link_or_a_password_from_a_pipe(app, city, run):
    made = json.loads(run("user", "create", "--login", "zhoumin", "--name", "周敏", "--role", "organizer", "--json")[1])
    assert "/activation/" in made["link"]
    create = ("user", "create", "--login", "sunju", "--name", "孙局", "--role", "administrator", "--password-stdin")
    assert run(*create, input=PASSWORD + "\n")[0] == 0
    with app.app_context():
        assert sign_in("sunju", PASSWORD, origin="here", now=NOON).user_id
    assert run(*create, input=PASSWORD + "\n")[::2] == (1, "这个账号已经有人用了，请换一个。\n")
    assert run("user", "create", "--login", "x1", "--name", "x", "--password-stdin", input="123")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        (), ("contest",), ("contest", "open"), ("contest", "list"), ("report",), ("attempt", "hand-in-overdue"),
        ("user", "create"), ("bank", "check"), ("bank", "import"), ("units", "import"), ("roster", "import"),
        ("content", "load"), ("rehearse",),
    ],
)  # fmt: skip
@pytest.mark.database("sqlite")
def test_every_command_explains_itself(run, words):
    code, out, _ = run(*words, "--help")
    assert code == 0
    assert "Usage:" in out


def test_an_account_is_disabled_unless_nobody_could_manage_any_more(app, city, run):
    with app.app_context():
        factories.account("sunju", Role.ADMINISTRATOR)
        factories.account("zhoumin", Role.ORGANIZER)
    assert run("user", "disable", "--login", "zhoumin") == (0, "已停用账号 zhoumin。\n", "")
    assert run("user", "disable", "--login", "zhoumin")[::2] == (1, "没有账号 zhoumin。\n")
    code, _, told = run("user", "disable", "--login", "sunju")
    assert code == 1
    assert told.startswith("他是最后一个管理员")
    with app.app_context():
        assert sign_in("sunju", PASSWORD, origin="", now=NOON).user_id == 6
