"""A question written, and corrected as its next revision."""

import hashlib
import io
import re
from dataclasses import replace

import pytest

from app.database import db, writing
from app.models import Question
from app.operations import questions as work
from app.rules.question import QuestionKind
from tests.factories import NOON
from tests.web.organizer.reading import cells, errors, notices, text, value, words
from tests.web.organizer.small_bank import TWIN, WEEK


def filled(**changed):
    """A form as the browser sends it."""
    form = {"revision": "1", "kind": "single_choice", "stem": WEEK.stem, "key": ["2"], "difficulty": ""}
    form |= {f"option_{place}": option for place, option in enumerate(WEEK.options)}
    return form | {"explanation": WEEK.explanation, "source": "", "topic": WEEK.topic} | changed


def test_the_form_holds_the_question_with_its_key_ticked(manage, own):
    page = text(manage.get(f"{own}/questions/1/edit"))
    assert re.findall(r'name="key" value="(\d)" checked', page) == ["2"]
    assert re.findall(r'<textarea[^>]*name="option_\d"[^>]*>\s*([^<]*)</textarea>', page)[:4] == ["五", "六", "七", ""]
    assert value(manage.get(f"{own}/questions/1/edit"), "revision") == "1"


def test_a_correction_is_saved_as_the_next_revision(manage, own, stored):
    there = f"{own}/questions/1"
    form = filled(stem=" 一星期有（　　）天。 ", option_3="八", difficulty="2", topic="历法 常识")
    answer = manage.submit(f"{there}/edit", form, page=f"{there}/edit")
    assert (answer.status_code, answer.location) == (303, there)
    assert notices(manage.get(there)) == ["已保存为第2版。已经发布的竞赛不受影响。"]
    draft = replace(
        WEEK, stem="一星期有（　　）天。", options=("五", "六", "七", "八"), difficulty=2, topic="历法 常识"
    )
    assert replace(stored(1).row.draft, place="", number="") == draft


def test_a_blank_option_is_left_away_and_the_key_goes_with_its_option(manage, own, stored):
    edit = f"{own}/questions/1/edit"
    manage.submit(edit, filled(option_0="", option_9="九", key=["2"]), page=edit)
    assert (stored(1).row.draft.options, stored(1).row.draft.key) == (("六", "七", "九"), (1,))


def test_a_question_becomes_one_to_be_judged(manage, own, stored):
    edit = f"{own}/questions/1/edit"
    manage.submit(edit, filled(kind="true_false", stem="一周有七天。", judged="1"), page=edit)
    draft = stored(1).row.draft
    assert (draft.kind, draft.options, draft.key) == (QuestionKind.TRUE_FALSE, ("正确", "错误"), (1,))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stem": " "}, ["缺少题干，请补上题目内容。"]),
        ({"key": []}, ["没有答案，请填写选项字母。"]),
        ({"key": ["0", "2"]}, ["单选题写了2个答案（AC），请只留一个，或把题型改成多选。"]),
        ({"option_1": "七"}, ["选项B和选项C内容相同，请改正其中一个。"]),
        ({"option_0": "", "option_1": ""}, ["只有1个选项，单选题至少要有2个，请补上选项。"]),
        ({"kind": "true_false"}, ["没有答案，请填写“正确”或“错误”。"]),
        ({"kind": "essay"}, ["请选一种题型。"]),
        ({"topic": "长" * 101}, ["知识点超过100字，请改短，或检查是否把别的内容连在了一起。"]),
        (
            {"key": ["5"]},
            ["选项D是空的，请补上内容，或删去它并核对答案字母。", "答案D指向的选项是空的，请补上选项或改答案。"],
        ),
        (
            {"stem": TWIN.stem, "option_0": "三", "option_1": "七", "option_2": "九"},
            ["题干和选项与第3题相同，没有保存；要改请改那一题。"],
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(manage, own, stored, changed, said):
    edit = f"{own}/questions/1/edit"
    page = manage.submit(edit, filled(explanation="写了很久的解析。", **changed), page=edit)
    assert page.status_code == 200
    assert errors(page) == said
    assert "写了很久的解析。" in text(page)
    assert stored(1).row.revision == 1


def test_saving_what_is_the_same_says_so(manage, own, stored):
    edit = f"{own}/questions/1/edit"
    answer = manage.submit(edit, filled(), page=edit)
    assert notices(manage.get(answer.location)) == ["没有改动，没有保存新的一版。"]
    assert stored(1).row.revision == 1


def test_whoever_saves_second_sees_both_and_may_save_once_more(app, manage, own, stored):
    edit = f"{own}/questions/1/edit"
    manage.get(edit)
    with app.app_context():
        work.edit_question(1, 1, replace(WEEK, source="常识"), revision=1, actor=None, now=NOON)
    page = manage.post(edit, data=filled(stem="我改的（　　）。") | {"csrf_token": manage.token})
    assert page.status_code == 409
    assert notices(page) == ["您打开以后，有人在9月17日12:00把这道题改成了第2版。您写的还没有保存，都在下面。"]
    assert cells(page)[1:] == [["题干", "一周有（）天。", "我改的（）。"], ["依据", "常识", "（空）"]]
    assert stored(1).row.revision == 2
    again = filled(stem="我改的（　　）。", revision=value(page, "revision"))
    assert manage.post(edit, data=again | {"csrf_token": manage.token}).status_code == 303
    assert (stored(1).row.revision, stored(1).row.draft.stem) == (3, "我改的（　　）。")


def test_without_scripts_a_preview_shows_the_question_and_writes_nothing(manage, own, stored):
    edit = f"{own}/questions/1/edit"
    page = manage.submit(edit, filled(kind="multiple_choice", stem="哪些（　　）？", preview="yes"), page=edit)
    assert "1哪些（）？（多选）A五B六C七答案C" in words(page)
    assert stored(1).row.revision == 1


def test_a_new_question_is_saved_and_the_next_begun(manage, own, stored):
    new = f"{own}/questions/new"
    answer = manage.submit(new, filled(stem="一季有（　　）个月。", revision="0", another="yes"), page=new)
    assert (answer.status_code, answer.location) == (303, new)
    assert notices(manage.get(new)) == ["已保存为第4题，可以被抽到了。"]
    answer = manage.submit(new, filled(stem="一旬有（　　）天。", revision="0", pending="y"), page=new)
    assert answer.location == f"{own}/questions/5"
    assert [stored(number).row.state for number in (4, 5)] == ["approved", "pending"]


def test_a_picture_stays_until_its_tick_is_taken_away(app, manage, own, stored):
    with app.app_context(), writing():
        db.session.query(Question).filter_by(number=1).one().pictures = [
            {"checksum": "a" * 64, "option": None, "alt": "日历"},
            {"checksum": "b" * 64, "option": 1, "alt": ""},
        ]
    edit = f"{own}/questions/1/edit"
    assert "题干的图（日历）" in words(manage.get(edit))
    manage.submit(edit, filled(pictures=["0", "1"], difficulty="1"), page=edit)
    assert [picture.option for picture in stored(1).row.draft.pictures] == [None, 1]
    manage.submit(edit, filled(pictures=["1"], difficulty="1", revision="2"), page=edit)
    assert [picture.option for picture in stored(1).row.draft.pictures] == [1]
    assert "配图1张" in words(manage.get(f"{own}/questions/1"))


DOT = b"\x89PNG\r\n\x1a\n a picture"


def file_of(content):
    return (io.BytesIO(content), "图.png")


def test_a_picture_is_added_to_the_stem_or_an_option(app, manage, own, stored):
    edit = f"{own}/questions/1/edit"
    manage.submit(edit, filled(picture=file_of(DOT), picture_place="1"), page=edit)
    (picture,) = stored(1).row.draft.pictures
    assert (picture.option, picture.checksum) == (1, hashlib.sha256(DOT).hexdigest())
    assert f'src="/images/{picture.checksum}"' in text(manage.get(f"{own}/questions/1"))
    assert manage.get(f"/images/{picture.checksum}").data == DOT


def test_a_picture_is_not_lost_when_the_form_is_refused(manage, own, stored):
    edit = f"{own}/questions/1/edit"
    page = manage.submit(edit, filled(picture=file_of(DOT), picture_place="", stem=""), page=edit)
    assert errors(page) == ["缺少题干，请补上题目内容。"]
    assert re.search(r'name="pictures"[^>]*value="0" checked', text(page))
    manage.submit(edit, filled(added=value(page, "added"), pictures=["0"]), page=edit)
    assert [picture.option for picture in stored(1).row.draft.pictures] == [None]


def test_what_is_no_picture_is_told_at_its_field(manage, own, stored):
    edit = f"{own}/questions/1/edit"
    page = manage.submit(edit, filled(picture=file_of(b"<svg onload=alert(1)>")), page=edit)
    assert errors(page)[0].startswith("有一张图片的格式不能显示，没有导入；请")
    assert stored(1).row.revision == 1
