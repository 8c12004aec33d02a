"""The organizer's first page says what to do next."""

import re

from tests import factories
from tests.web.organizer.reading import text, words

NEXT = re.compile(r'class="button primary" href="([^"]+)"')


def test_on_an_empty_site_the_first_step_is_a_bank(manage):
    page = manage.get("/manage")
    assert NEXT.findall(text(page)) == ["/manage/banks/upload"]
    assert "还没有单位。先导入单位表，再导入人员表。" in words(page)


def test_when_everything_is_there_the_next_step_is_a_contest(city, manage):
    page = manage.get("/manage")
    assert NEXT.findall(text(page)) == ["/manage/contests/new"]
    for state in ("1个题库，可用12题。", "1份方案。", "3个单位，5人。", "还没有竞赛。"):
        assert state in words(page)


def test_a_running_contest_comes_first_with_its_figures(app, city, contest, manage):
    with app.app_context():
        factories.counted(contest, city.wang_fang, 9000)
    page = words(manage.get("/manage"))
    assert "普法网络知识竞赛9月18日11:00截止参赛率20.00%实参1应参5" in page
    assert "1场竞赛，1场进行中。" in page


def test_an_upload_that_nobody_confirmed_is_remembered(city, manage, upload, workbook):
    upload("/manage/units/upload", workbook(["单位名称"], ["市审计局"]), "单位表.xlsx")
    assert "单位表《单位表.xlsx》周敏9月17日12:00接着看" in words(manage.get("/manage"))
    manage.submit("/manage/imports/1/confirmation", {"approve": "yes"}, page="/manage/imports/1")
    assert "单位表《单位表.xlsx》" not in words(manage.get("/manage"))
