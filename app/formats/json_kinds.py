"""Kinds written as codes: 1, 2, 3 or 001001, 001002 … mean what the keys bear out, and nothing where they do not."""

import re
from collections.abc import Iterable

_WORDS = {
    "radio": "单选", "checkbox": "多选", "boolean": "判断", "bool": "判断", "tf": "判断",
    "danxuan": "单选", "duoxuan": "多选", "panduan": "判断",
    "001001": "单选", "001002": "多选", "001003": "判断", "001004": "填空", "001005": "简答", "001006": "案例分析",
}  # fmt: skip
_FROM_ONE = {"1": "单选", "2": "多选", "3": "判断"}
_FROM_ZERO = {"0": "单选", "1": "多选", "2": "判断"}
_CODE = re.compile(r"\d{1,8}")
_FEW = 10  # one in so many may be a mistake in the bank

Coded = tuple[str, int, bool]


def kinds_of_codes(questions: Iterable[Coded]) -> tuple[dict[str, str], list[str]]:
    """What each code means in words, and what is to be told of it.

    A question is its code or word, how many options are right, and whether it is a statement to be judged. A code
    that is not understood means nothing: the key then tells the kind.
    """
    coded = [question for question in questions if _CODE.fullmatch(question[0]) and question[0] not in _WORDS]
    codes = sorted({code for code, _, _ in coded})
    if not codes:
        return _WORDS, []
    for table in (_FROM_ZERO, _FROM_ONE) if "0" in codes else (_FROM_ONE, _FROM_ZERO):
        against = sum(_contradicts(table.get(code, ""), count, is_judged) for code, count, is_judged in coded)
        if against * _FEW <= len(coded):
            told = "，".join(f"{code}是{table[code]}" for code in codes if code in table)
            return _WORDS | {code: table.get(code, "") for code in codes}, [f"题型代码：{told}"] if told else []
    message = f"题型写的是代码（{'、'.join(codes[:5])}），与答案对不上，没有采用，题型按答案确定"
    return _WORDS | dict.fromkeys(codes, ""), [message]


def _contradicts(kind: str, count: int, is_judged: bool) -> bool:
    if kind == "判断":
        return not is_judged
    return (kind == "单选" and count > 1) or (kind == "多选" and is_judged)
