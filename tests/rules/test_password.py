"""Which passwords are refused."""

import pytest

from app.rules.password import WeakPassword, check_password


@pytest.mark.parametrize("password", ["123456789", "1234567890123", "aaaaaaaaaaaa", "xx-ZhouMin-xx"])
def test_passwords_that_are_easily_guessed_are_refused(password):
    with pytest.raises(WeakPassword):
        check_password(password, "zhoumin")


@pytest.mark.parametrize("password", ["0123456789a", "一句自己记得住的话就好", "correct horse battery"])
def test_a_sentence_of_ones_own_is_taken(password):
    check_password(password, "zhoumin")
