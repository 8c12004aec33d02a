"""What organizers see of a rehearsal while it runs, and that candidates see nothing."""

from datetime import timedelta

import pytest

from app.operations import rehearsals
from app.rules.rehearsal import extras
from tests.factories import NOON


@pytest.fixture
def rehearsal(app, city, contest):
    with app.app_context():
        return rehearsals.set_up(city.quiz, extras(2, "seed"), timedelta(minutes=5), actor=None, now=NOON)


def test_the_list_marks_it_and_leads_to_the_live_view(client, organizer, sign_in, rehearsal):
    sign_in()
    page = client.get("/manage/contests").text
    row = page[page.index("演练：普法小竞赛") - 200 : page.index("演练：普法小竞赛") + 300]
    assert f'href="/manage/contests/{rehearsal.slug}/live"' in row
    assert "模拟人员，演练后自动删除" in row
    assert '<span class="tag urgent">演练</span>' in row
    assert f"/c/{rehearsal.slug}" not in page  # nobody is to pass it on
    answer = client.get(f"/manage/contests/{rehearsal.slug}")
    assert (answer.status_code, answer.location) == (303, f"/manage/contests/{rehearsal.slug}/live")
    assert "演练00001" in client.get(answer.location).text


def test_it_is_neither_on_the_work_place_nor_among_the_reports(client, organizer, sign_in, rehearsal):
    sign_in()
    assert "演练" not in client.get("/manage").text
    assert "演练" not in client.get("/manage/reports").text
    for noun in ("report", "report.xlsx", "report.csv", "absentees", "absentees.xlsx", "absentees.csv"):
        assert client.get(f"/manage/contests/{rehearsal.slug}/{noun}").status_code == 404


def test_candidates_do_not_see_it(client, enter, rehearsal):
    assert "演练" not in client.get("/").text
    enter()
    assert "演练" not in client.get("/").text


def test_its_report_is_not_printed_either(runner, rehearsal):
    result = runner.invoke(args=["report", rehearsal.slug])
    assert (result.exit_code, "没有叫" in result.stderr) == (1, True)
