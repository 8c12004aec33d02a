"""The check that every page goes through finds what it says it finds."""

import pytest
from flask import Flask, request

from tests.pages import CheckedClient, faults

WHOLE = '<!doctype html><html lang="zh-CN"><title>竞赛</title><body>{}</body></html>'


@pytest.mark.parametrize(
    "body",
    [
        '<label for="name">姓名</label><input id="name" name="name">',
        '<label>姓名 <input name="name"></label>',
        '<input aria-label="查找" name="q">',
        '<input type="hidden" name="csrf_token"><button>交卷</button>',
        '<script src="/static/js/answer.js" type="module"></script>',
        '<script type="application/json" id="paper">{}</script>',
        "<svg><title>参赛率</title></svg>",
    ],
)
def test_a_sound_page_has_no_faults(body):
    assert faults(WHOLE.format(body)) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<input name="name">', "a field without label: name"),
        ('<label for="other">姓名</label><textarea id="name" name="name"></textarea>', "a field without label: name"),
        ("<script>start()</script>", "an inline script"),
        ('<button onclick="start()">开始</button>', "onclick on button"),
        ('<a href=" JavaScript:start()">开始</a>', "a javascript: address on a"),
        ('<p style="color:red">错</p>', "an inline style on p"),
        ("<style>p{}</style>", "an inline style on style"),
        ('<p id="a"></p><p id="a"></p>', "two elements with the id a"),
    ],
)
def test_a_fault_is_named(body, fault):
    assert faults(WHOLE.format(body)) == [fault]


def test_a_page_needs_a_title_and_a_language():
    assert faults("<html><title> </title><p>空</p></html>") == ["no title", "no language"]


def test_a_part_of_a_page_needs_no_title():
    assert faults("<tr><td>信访局</td></tr>") == []


def test_a_form_is_posted_with_the_token_of_its_page():
    app = Flask("pages")
    form = '<form method="post"><input type="hidden" name="csrf_token" value="{}"><button>交卷</button></form>'
    app.add_url_rule("/entry", "entry", lambda: WHOLE.format(form.format("7f3a")))
    app.add_url_rule("/attempts", "start", lambda: dict(request.form), methods=["POST"])

    assert CheckedClient(app, app.response_class).submit("/attempts", {"unit": "3"}, page="/entry").json == {
        "csrf_token": "7f3a",
        "unit": "3",
    }


def test_a_faulty_page_fails_the_test_that_fetched_it():
    app = Flask("pages")
    app.test_client_class = CheckedClient
    app.add_url_rule("/", "home", lambda: WHOLE.format("<script>start()</script>"))

    with pytest.raises(AssertionError, match="an inline script"):
        app.test_client().get("/")
