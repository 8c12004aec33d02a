"""The unit report and the lists of those missing: as pages, as Excel, as CSV."""

import csv
import io
import re
from datetime import timedelta
from urllib.parse import unquote

import openpyxl
import pytest

from app.database import writing
from app.models import RosterEntry, User
from app.operations import attempts
from app.queries import tallies
from tests import factories
from tests.factories import NOON

REPORT, MISSING = "/manage/contests/pufa/report", "/manage/contests/pufa/absentees"


def text(response):
    return response.get_data(as_text=True)


def lines(response):
    """The rows of the page's table, each as the words in its cells."""
    (body,) = re.findall(r"<tbody>(.*?)</tbody>", text(response), re.S)
    rows = re.findall(r"<tr.*?</tr>", body, re.S)
    return [[re.sub(r"<[^>]+>|\s+", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


def file_name(response):
    return unquote(response.headers["Content-Disposition"].split("filename*=UTF-8''")[1])


@pytest.fixture
def manage(organizer, sign_in, client):
    """Somebody who may organize sits before the browser."""
    sign_in()
    return client


@pytest.fixture
def results(app, city, contest):
    """张伟 of the centre has full marks, 王芳 of the bureau 60; 李明 of the bureau is excused."""
    with app.app_context():
        factories.counted(contest, city.zhang_wei, 10_000, attempts=2)
        factories.counted(contest, city.wang_fang, 6000)
        with writing() as session:
            session.query(RosterEntry).filter_by(user_id=city.li_ming).update({"excuse": "援藏"})
    return contest


def roster_unit(app, contest, name):
    with app.app_context():
        return next(row.unit_id for row in tallies.absent_by_unit(contest) if row.name == name)


def test_without_a_contest_the_reports_say_where_they_come_from(manage):
    assert "还没有报表" in text(manage.get("/manage/reports"))


def test_the_reports_of_each_contest_are_one_link_away(results, manage):
    page = manage.get("/manage/reports")
    (row,) = lines(page)
    assert row == ["普法网络知识竞赛", "明天截止", "4", "2", "50.00%", "单位统计表未参名单ExcelCSV"]
    for path in (REPORT, MISSING, f"{REPORT}.xlsx", f"{REPORT}.csv"):
        assert f'href="{path}"' in text(page)


def test_the_table_rolls_the_units_up(results, manage):
    assert lines(manage.get(REPORT)) == [
        # 序号 单位 在册 免试 应参 实参 未参 参赛率 平均分 优秀人数 优秀率 合格率 满分率 人次 备注
        ["1", "市财政局本级", "2", "1", "1", "1", "0", "100.00%", "60.00", "0", "0.00%", "100.00%", "0.00%", "1", ""],
        ["", "市国库支付中心", "1", "0", "1", "1", "0", *["100.00%", "100.00", "1"], *["100.00%"] * 3, "2", ""],
        ["", "市财政局合计", "3", "1", "2", "2", "0", "100.00%", "80.00", "1", "50.00%", "100.00%", "50.00%", "3", ""],
        ["2", "市档案馆", "2", "0", "2", "0", "2", "0.00%", "—", "0", "—", "—", "—", "0", "无人参赛"],
        ["", "合计", "5", "1", "4", "2", "2", "50.00%", "80.00", "1", "50.00%", "100.00%", "50.00%", "3", ""],
    ]  # fmt: skip


def test_those_outside_the_roster_stand_below_the_total(app, results, manage):
    with app.app_context(), writing() as session:
        session.add(person := User(name="编外", created_at=NOON))
        session.flush()
        session.add(RosterEntry(contest_id=results, user_id=person.id, expected=False, result=9000, valid_attempts=1))
    assert [row[1] for row in lines(manage.get(REPORT))][-3:] == ["合计（不含编外）", "编外", "含编外"]


def test_the_page_says_how_sure_its_figures_are(results, manage, sign_in, clock):
    page = text(manage.get(REPORT))
    assert "实时数据，非最终　数据截至2026年9月17日 12:00:00" in page
    assert "应参＝在册−免试" in page
    clock(NOON + timedelta(days=3))
    sign_in()
    assert "答题已全部结束，尚未定稿" in text(manage.get(REPORT))


def test_the_four_figures_carry_their_counts(results, manage):
    page = text(manage.get(REPORT))
    for words in ("实参2人，应参4人", "优秀1人，实参2人", "1个单位参赛，共2个", "满分100，每人可答2次，取最高分"):
        assert words in page


def test_a_column_sorts_the_top_level_units_and_leaves_the_total_below(results, manage):
    def order(query):
        return [row[1] for row in lines(manage.get(f"{REPORT}{query}"))]

    assert order("?sort=参赛率&order=asc") == ["市档案馆", "市财政局", "合计"]
    assert order("?sort=参赛率") == ["市财政局", "市档案馆", "合计"]
    assert order("?sort=优秀率&order=asc") == ["市财政局", "市档案馆", "合计"]  # no rate: always last
    assert order("?sort=密码") == ["市财政局本级", "市国库支付中心", "市财政局合计", "市档案馆", "合计"]


def test_the_sorted_column_says_so_and_turns_round(results, manage):
    page = text(manage.get(f"{REPORT}?sort=参赛率"))
    assert 'aria-sort="descending"' in page
    assert "现按参赛率由高到低列出" in page
    assert "sort=%E5%8F%82%E8%B5%9B%E7%8E%87&amp;order=asc" in page


def test_the_picture_stands_below_the_table(results, manage):
    assert "各单位参赛率，由高到低：市财政局100.00%，市档案馆0.00%；合计50.00%" in text(manage.get(REPORT))


def test_the_workbook_holds_the_same_figures_under_a_chinese_name(results, manage):
    answer = manage.get(f"{REPORT}.xlsx")
    assert file_name(answer) == "各单位参赛情况统计表_普法网络知识竞赛_20260917.xlsx"
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[0][0] == "各单位参赛情况统计表"
    assert next(row[:8] for row in rows if row[1] == "合计") == (None, "合计", 5, 1, 4, 2, 2, 0.5)


def test_the_csv_holds_the_same_figures(results, manage):
    answer = manage.get(f"{REPORT}.csv")
    assert file_name(answer) == "各单位参赛情况统计表_普法网络知识竞赛_20260917.csv"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["序号", "单位", "在册"]
    assert rows[5][1:8] == ["合计", "5", "1", "4", "2", "2", "50.00%"]


def test_a_title_that_no_disk_takes_still_makes_a_file_name(app, city, manage):
    with app.app_context():
        factories.contest(city, title='学法/用法："一 场"')
    assert file_name(manage.get(f"{REPORT}.csv")) == "各单位参赛情况统计表_学法_用法：_一_场_20260917.csv"


def test_the_missing_are_listed_with_masked_telephones(app, city, results, manage):
    with app.app_context():
        attempts.start(results, city.chen_jing, now=NOON)
    page = manage.get(MISSING)
    assert lines(page) == [
        ["陈静", "市档案馆", "138****3333", "", "已入场未交9月17日12:00入场"],
        ["李明", "市档案馆", "139****6207", "", "未入场"],
    ]
    assert "13800003333" not in text(page)
    assert "应参4人，实参2人" in text(page)


def test_the_missing_of_one_unit_come_with_its_own_letter(app, results, manage):
    archive, bureau = roster_unit(app, results, "市档案馆"), roster_unit(app, results, "市财政局")
    page = text(manage.get(f"{MISSING}?unit={archive}"))
    assert "<p>市档案馆：</p>" in page
    assert "贵单位应参2人，已参0人，还有2人未参赛" in page
    assert "应参的人都参加了" in text(manage.get(f"{MISSING}?unit={bureau}"))


def test_the_missing_can_be_told_apart_by_how_far_they_came(app, city, results, manage):
    with app.app_context():
        attempts.hand_in(attempts.start(results, city.chen_jing, now=NOON), actor=city.chen_jing, now=NOON)
    assert [row[0] for row in lines(manage.get(f"{MISSING}?kind=blank"))] == ["陈静"]
    assert [row[0] for row in lines(manage.get(f"{MISSING}?kind=not_started"))] == ["李明"]
    assert "没有这种情况的人" in text(manage.get(f"{MISSING}?kind=not_handed_in"))


def test_a_unit_of_another_contest_is_not_found(results, manage):
    for ending in ("", ".xlsx", ".csv"):
        assert manage.get(f"{MISSING}{ending}?unit=999").status_code == 404


def test_the_missing_of_a_unit_go_into_a_file(app, results, manage):
    archive = roster_unit(app, results, "市档案馆")
    answer = manage.get(f"{MISSING}.csv?unit={archive}")
    assert file_name(answer) == "未参赛人员名单_普法网络知识竞赛_市档案馆_20260917.csv"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:3]] == ["陈静", "李明"]
    workbook = openpyxl.load_workbook(io.BytesIO(manage.get(f"{MISSING}.xlsx?unit={archive}").data))
    assert "139****6207" in [cell for row in workbook.active.iter_rows(values_only=True) for cell in row]


@pytest.mark.parametrize("path", ["/manage/reports", REPORT, f"{REPORT}.xlsx", f"{REPORT}.csv", MISSING])
def test_who_may_not_organize_reads_no_report(app, contest, client, sign_in, enter, path):
    enter()
    assert client.get(path).status_code == 303
    with app.app_context():
        factories.account("nobody", None)
    sign_in("nobody")
    assert client.get(path).status_code == 403


def test_a_sorted_page_does_not_claim_the_official_order(results, manage):
    page = text(manage.get(f"{REPORT}?sort=参赛率"))
    assert "本页按参赛率由高到低排列" in page
    assert "单位次序依机构序列" not in page
    assert "单位次序依机构序列，不作排名。" in text(manage.get(REPORT))


def test_the_signature_stands_with_the_table_and_the_chart_on_its_own_page(results, manage):
    page = text(manage.get(REPORT))
    assert page.index('class="defs"') < page.index('class="sign keep"') < page.index('class="section keep page-break"')
