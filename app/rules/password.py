"""Which passwords are too easy to guess."""

SHORTEST = 10


class WeakPassword(ValueError):
    """The password chosen is too easy to guess; the message says what to choose."""


def check_password(password: str, login: str) -> None:
    """Raises WeakPassword for one that is short, all alike, or contains the login."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"密码至少{SHORTEST}位，可以用一句好记的话。")
    if len(set(password)) < 5 or password.isdigit():
        raise WeakPassword("密码太容易猜到，请换一个，不要全是数字或同几个字符。")
    if login and login.casefold() in password.casefold():
        raise WeakPassword("密码里不要包含账号，请换一个。")
