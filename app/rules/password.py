"""Which passwords are too easy to guess, and when the house asks for another one.

Long and one's own beats classes of characters and regular change (NIST SP 800-63B); 等级保护 asks for both, so both are
settings, and off unless a house sets them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d]")
WORDS = (
    "administrator", "changeme", "password", "passw0rd", "passwd", "letmein", "welcome", "iloveyou", "sunshine",
    "princess", "superman", "football", "baseball", "dragon", "monkey", "secret", "default", "admin", "guest", "root",
    "test", "qazwsx", "woaizhongguo", "woaini", "zhongguo", "beijing", "china", "wodemima", "mima", "nihao", "huawei",
    "guanliyuan", "xitong",
)  # fmt: skip
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "01234567890",
)  # fmt: skip
LOOKALIKES = str.maketrans("@4031!$57", "aaoelisst")
SHORTEST_OWN, LETTERS_OF_ONES_OWN = 4, 4


class WeakPassword(ValueError):
    """The password chosen is too easy to guess; the message says what to choose."""


@dataclass(frozen=True)
class Policy:
    """What a house asks of passwords: least length, how many of the four classes of characters, after how many days
    another one (0: never), and how many of the last ones may not come back (0: none is remembered)."""

    shortest: int = 10
    classes: int = 1
    days: int = 0
    remembered: int = 1

    def rules(self) -> str:
        """The sentence that stands under the field."""
        kinds = f"大写字母、小写字母、数字、符号里至少有{self.classes}种，" if self.classes > 1 else "不要全是数字，"
        again = f"不要用最近{self.remembered}次用过的；" if self.remembered > 1 else ""
        return f"至少{self.shortest}位，{kinds}不要包含账号、姓名或常见密码；{again}可以用一句好记的话。"


DEFAULT_POLICY = Policy()


def check_password(password: str, own: Iterable[str], policy: Policy = DEFAULT_POLICY) -> None:
    """Raises WeakPassword for one that is short, all alike, common, or made of the `own` login, name, telephone."""
    if len(password) < policy.shortest:
        raise WeakPassword(f"密码至少{policy.shortest}位，可以用一句好记的话。")
    if len(set(password)) < 5 or password.isdigit():
        raise WeakPassword("密码太容易猜到，请换一个，不要全是数字或同几个字符。")
    if sum(bool(re.search(kind, password)) for kind in CLASSES) < policy.classes:
        raise WeakPassword(f"密码里要有大写字母、小写字母、数字、符号中的至少{policy.classes}种，请换一个。")
    if _contains_own(password, own):
        raise WeakPassword("密码里不要包含自己的账号、姓名（或拼音）、手机号，请换一个。")
    if _is_common(password):
        raise WeakPassword("这是常见的密码，很容易猜到，请换一个；可以用一句只有自己说的话。")


def is_due(set_at: datetime | None, policy: Policy, now: datetime) -> bool:
    """Whether the house asks for another password now. One of which nobody knows since when it is, is left alone."""
    return bool(policy.days) and set_at is not None and now - set_at >= timedelta(days=policy.days)


def _contains_own(password: str, own: Iterable[str]) -> bool:
    typed, *words = ("".join(text.casefold().split()) for text in (password, *own))
    # a Chinese name is short and unmistakable; three Latin letters are in any sentence
    return any(word in typed for word in words if len(word) >= (SHORTEST_OWN if word.isascii() else 2))


def _is_common(password: str) -> bool:
    """Common words and keys in a row, whatever digits and signs stand around them: hardly a letter is left of it."""
    typed = password.casefold()
    return any(_letters_left(text) < LETTERS_OF_ONES_OWN for text in (typed, typed.translate(LOOKALIKES)))


def _letters_left(text: str) -> int:
    for word in WORDS:
        text = text.replace(word, "\n")
    return len(re.sub(r"[\W\d_]", "", _without_rows(text)))


def _without_rows(text: str) -> str:
    """The text without keys that lie in a row, four or more, forwards or backwards."""
    kept, at = "", 0
    while at < len(text):
        run = max(_run(text[at:], row) for line in ROWS for row in (line, line[::-1]))
        kept, at = (kept + "\n", at + run) if run >= 4 else (kept + text[at], at + 1)
    return kept


def _run(text: str, row: str) -> int:
    return next((size for size in range(min(len(text), len(row)), 0, -1) if text[:size] in row), 0)
