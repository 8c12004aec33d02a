"""Which passwords are refused, and when another one is asked for."""

from datetime import timedelta

import pytest

from app.rules.password import Policy, WeakPassword, check_password, is_due
from tests.factories import NOON

OWN = ("zhoumin", "周敏", "Anna Smith", "13800001234")


def refused(password, policy=None):
    """The beginning of the sentence that refuses it; empty when it is taken."""
    try:
        check_password(password, OWN, policy or Policy())
    except WeakPassword as error:
        return str(error).partition("，")[0]
    return ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("123456789", "密码至少10位"),
        ("1234567890123", "密码太容易猜到"),
        ("aaaaaaaaaaaa", "密码太容易猜到"),
        ("xx-ZhouMin-xx", "密码里不要包含自己的账号、姓名（或拼音）、手机号"),
        ("Zhou Min loves it", "密码里不要包含自己的账号、姓名（或拼音）、手机号"),
        ("周敏的密码就是这一句", "密码里不要包含自己的账号、姓名（或拼音）、手机号"),
        ("tel 13800001234 ok", "密码里不要包含自己的账号、姓名（或拼音）、手机号"),
        ("Password123", "这是常见的密码"),
        ("P@ssw0rd2026!", "这是常见的密码"),
        ("1qaz2wsx3edc", "这是常见的密码"),
        ("Qwer1234!@#$", "这是常见的密码"),
        ("poiuytrewq", "这是常见的密码"),
        ("abc123456789", "这是常见的密码"),
        ("Admin@2026.11", "这是常见的密码"),
        ("2026-11-24 19:00", "这是常见的密码"),
    ],
)
def test_passwords_that_are_easily_guessed_are_refused_with_the_reason(password, why):
    assert refused(password) == why


@pytest.mark.parametrize(
    "password",
    [
        "一句自己记得住的话就好", "correct horse battery", "another good sentence", "7$kQ!9zP#2xw",
        "passing by the mill",
    ],
)  # fmt: skip
def test_a_sentence_of_ones_own_is_taken(password):
    assert refused(password) == ""


@pytest.mark.parametrize(
    ("password", "classes"), [("mill by the river", 2), ("Mill by the river", 3), ("Mill-by-river7", 4)]
)
def test_a_house_may_ask_for_several_classes_of_characters(password, classes):
    assert refused(password, Policy(classes=classes)) == ""
    assert refused("millbytheriver", Policy(classes=classes)).startswith(
        "密码里要有大写字母、小写字母、数字、符号中的至少"
    )


def test_a_house_may_ask_for_longer_ones():
    assert refused("mill by the river", Policy(shortest=18)) == "密码至少18位"


def test_the_rules_are_told_as_they_are_set():
    assert Policy().rules() == "至少10位，不要全是数字，不要包含账号、姓名或常见密码；可以用一句好记的话。"
    asked = "至少8位，大写字母、小写字母、数字、符号里至少有3种，不要包含账号、姓名或常见密码；"
    assert Policy(8, 3, 90, 5).rules() == asked + "不要用最近5次用过的；可以用一句好记的话。"


def test_another_password_is_asked_for_on_the_day_and_never_unless_the_house_wants_it():
    quarter = Policy(days=90)
    assert not is_due(NOON, quarter, NOON + timedelta(days=90, milliseconds=-1))
    assert is_due(NOON, quarter, NOON + timedelta(days=90))
    assert not is_due(NOON, Policy(), NOON + timedelta(days=9000))
    assert not is_due(None, quarter, NOON)
