"""Hostile bank files through the pages: refused or previewed, shown as text, and nothing written unconfirmed."""

import re

import pytest
import sqlalchemy as sa

from app.database import db
from app.models import Question, QuestionBank
from tests.corpus.attacks import ATTACK, attacks
from tests.corpus.nasty_books import BOOKS
from tests.corpus.nasty_texts import TEXTS

pytestmark = pytest.mark.database("sqlite")

UPLOAD = "/manage/banks/upload"
MAKERS = {**TEXTS, **BOOKS}
SHOWN = ATTACK.replace("<", "&lt;").replace(">", "&gt;")
BROUGHT_IN = re.compile(r"<(?:img|svg|iframe|object|embed|base|form|script)\b[^>]*(?:x-fuzz|alert)")


@pytest.mark.parametrize("name", ["两端.xlsx", "大笑.xml", "嵌套十万.json", "炸弹说小.docx", "串数说谎.xlsx"])
def test_a_hostile_file_is_refused_on_the_form(app, upload, name):
    page = upload(UPLOAD, MAKERS[name](), name)

    assert page.status_code == 200
    assert re.search(r'<p class="error"[^>]*>[^<]*请', page.get_data(as_text=True))
    assert held(app) == (0, 0)


@pytest.mark.parametrize(
    "name", ["半个代理.json", "题目残缺.xml", "图片路径.zip", "九百张表.xlsx", "从右往左.txt", "键名重复.json"]
)
def test_an_odd_file_is_previewed_and_nothing_is_written(app, client, upload, name):
    answer = upload(UPLOAD, MAKERS[name](), name)

    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    assert held(app) == (0, 0)


@pytest.mark.parametrize("form", list(attacks()))
def test_markup_in_a_file_is_shown_and_never_obeyed(app, client, upload, form):
    """The client itself refuses pages with inline scripts, on… attributes and javascript: addresses."""
    name, content = attacks()[form]
    answer = upload(UPLOAD, content, name)
    assert answer.status_code == 303
    preview = answer.location
    pages = [client.get(preview + more).get_data(as_text=True) for more in ("", "?only=to_look_at", "?only=error")]

    assert [page for page in pages if ATTACK in page or BROUGHT_IN.search(page)] == []
    assert SHOWN in pages[0]
    assert held(app) == (0, 0)


def test_the_name_of_a_file_and_of_a_sheet_is_shown_as_text(client, upload):
    name, content = attacks()["xlsx"]
    page = client.get(upload(UPLOAD, content, name).location).get_data(as_text=True)

    assert f"《题库&#39;{SHOWN}.xlsx》" in page
    assert f'<span class="quiet">{SHOWN.removesuffix(")&gt;")}</span>' in page


def held(app):
    """How many questions and banks there are."""
    with app.app_context():
        count = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Question, QuestionBank)]
        return tuple(count)
