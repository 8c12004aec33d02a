"""Names spelled out."""

from app.operations.spelling import slug, sort_key


def test_people_are_sorted_by_sound_then_tone_then_character():
    names = ["张伟", "章三", "李白", "张三", "连波", "欧阳修", "Tom"]
    assert sorted(names, key=sort_key) == ["李白", "连波", "欧阳修", "Tom", "张三", "张伟", "章三"]


def test_surnames_are_read_as_surnames():
    readings = {"单雄信": "shan4", "曾国": "zeng1", "解缙": "xie4", "区寄": "ou1", "仇英": "qiu2", "查良": "zha1"}
    assert {name: sort_key(name)[: len(sound)] for name, sound in readings.items()} == readings
    assert sort_key("单于明") == "chan2单 yu2于 ming2明"


def test_a_key_is_the_same_whatever_the_width_and_blanks_and_never_too_long():
    assert sort_key("张　三") == sort_key(" 张三 ")
    assert len(sort_key("张" * 60)) == 200
    assert sort_key("") == ""


def test_an_address_is_the_year_and_the_initials():
    assert slug("普法网络知识竞赛", 2026) == "2026-pfwlzsjs"
    assert slug("2026年普法ABC（第2期）", 2026) == "2026-pfabcd2q"
    assert slug("！", 2026) == "2026-js"
    assert len(slug("知识" * 50, 2026)) == 40
