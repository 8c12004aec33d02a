"""Taking a bank out of the house."""

import pytest

from app.formats.bank import read_bank
from tests.web.organizer.reading import notices, text, words


def test_the_page_offers_every_form_and_says_what_one_cannot_carry(city, manage):
    page = manage.get(f"/manage/banks/{city.bank}/export")
    assert text(page).count(">选这种</a>") == 8
    paper = words(manage.get(f"/manage/banks/{city.bank}/export?form=word-paper"))
    assert "这种格式带不走：试卷里没有答案、解析、依据、知识点和难度。" in paper
    assert "再导入就是同样的题" in words(manage.get(f"/manage/banks/{city.bank}/export?form=text"))


def test_a_form_that_is_none_shows_the_plain_list(city, manage):
    page = manage.get(f"/manage/banks/{city.bank}/export?form=abc")
    assert page.status_code == 200
    assert text(page).count(">选这种</a>") == 8


@pytest.mark.parametrize(("form", "name"), [("text", "普法小题库.txt"), ("xlsx", "普法小题库.xlsx")])
def test_a_bank_comes_as_a_file_that_reads_back(city, manage, form, name):
    answer = manage.get(f"/manage/banks/{city.bank}/export/{form}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(read_bank(answer.data, name).usable) == 12


def test_a_bank_without_questions_has_nothing_to_take_out(app, manage):
    from app.database import db, writing
    from app.models import QuestionBank
    from tests.factories import NOON

    with app.app_context(), writing():
        db.session.add(QuestionBank(title="空题库", created_at=NOON))
    assert "没有可以导出的题" in text(manage.get("/manage/banks/1/export"))
    refused = manage.get("/manage/banks/1/export/text")
    assert (refused.status_code, refused.location) == (303, "/manage/banks/1/export")
    assert "题库里还没有可以导出的题。" in notices(manage.get(refused.location))


@pytest.mark.parametrize("address", ["/manage/banks/99/export", "/manage/banks/1/export/pdf"])
def test_what_is_not_there_is_not_found(city, manage, address):
    assert manage.get(address).status_code == 404
