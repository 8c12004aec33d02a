"""Whatever a bank file holds, reading it ends with an answer. `make chaos` tries thousands, on a real server."""

import re
import sys
from itertools import islice

import pytest

from app.formats import qti, word
from app.formats.bank import read_bank
from app.formats.bank_limited import compare_bank_safely
from app.formats.problem import Reading
from app.formats.table import is_workbook
from tests.corpus.mutations import mutant
from tests.corpus.nasty_books import BOOKS
from tests.corpus.nasty_texts import TEXTS
from tests.corpus.seeds import seeds

TRIED = 360
MOST_CALLS = 3_000_000
MAKERS = {**TEXTS, **BOOKS}
HAN = re.compile(r"[\u4e00-\u9fff]")
NEXT_STEP = re.compile("请|不能|最多|写成|没有看懂|不在|损坏")


class TooMuchWork(BaseException):
    """No reader catches it."""


def counted(content: bytes, name: str) -> Reading:
    """The reading, if it takes no more than so many calls of functions: a measure that no busy machine changes."""
    left = MOST_CALLS

    def count(_frame, _event, _argument):
        nonlocal left
        left -= 1
        if left < 0:
            raise TooMuchWork(name)

    sys.setprofile(count)
    try:
        return read_bank(content, name)
    finally:
        sys.setprofile(None)


def is_table(content: bytes) -> bool:
    """Whether calamine reads it, which may end the process: that is what the limited child is for."""
    return is_workbook(content) and not word.looks_like(content) and not qti.looks_like(content)


@pytest.mark.parametrize("name", list(seeds()))
def test_every_file_of_the_corpus_is_a_good_one_before_anything_happens_to_it(name):
    reading = read_bank(seeds()[name], name)

    assert [problem.message for problem in reading.problems] == []
    assert len(reading.usable) == {"旧表.xls": 2, "列表.docx": 5, "一题.qti3.xml": 1}.get(name, 8)


@pytest.mark.parametrize("start", range(0, TRIED, 40))
def test_a_damaged_file_gives_a_reading(start):
    for number in range(start, start + 40):
        made = mutant(number)
        if not is_table(made.content):
            reading = counted(made.content, made.name)
            assert isinstance(reading, Reading), made.story
            assert reading.questions or reading.problems, made.story


@pytest.mark.parametrize("number", list(islice((n for n in range(TRIED) if is_table(mutant(n).content)), 12)))
def test_a_damaged_table_gives_an_answer(number):
    made = mutant(number)
    tell(compare_bank_safely(made.content, made.name, ()).reading)


@pytest.mark.parametrize(
    "name",
    ["大笑.xml", "二次膨胀.xml", "外部实体.xml", "外部实体网址.xml", "外部声明.xml", "一题大笑.xml",
     "嵌套十万.xml", "嵌套十万.json",
     "只有零.txt", "没写完.json", "两端.xlsx", "表外.xlsx", "远处一格.xlsx", "合并全表.xlsx", "稀疏.xlsx",
     "十万列.xlsx",
     "串数说谎.xlsx", "串有声明.xlsx", "旧表成环.xls", "编号成环.docx", "声明.docx", "段落二十万.docx",
     "炸弹.xlsx", "炸弹说小.xlsx",
     "炸弹说小.docx", "炸弹相叠.xlsx", "炸弹相叠.zip", "压缩包套.zip", "路径逃逸.xlsx",
     "加密标记.docx", "目录很多.zip"],
)  # fmt: skip
def test_a_hostile_file_is_refused_with_what_to_do(name):
    reading = compare_bank_safely(MAKERS[name](), name, ()).reading

    assert reading.usable == ()
    tell(reading)


@pytest.mark.parametrize(
    "name", ["包含.xml", "关系在外.docx", "关系逃逸.docx", "图片假的.xml", "图片数据.json", "路径逃逸.docx"]
)
def test_no_file_brings_in_what_lies_outside_it(name):
    reading = read_bank(MAKERS[name](), name)

    assert "root:" not in str(reading)
    assert reading.images == {}


@pytest.mark.parametrize(
    "name", ["四万空行加标记.txt", "标题冒号.gift", "分数乱写.xml", "网页记号.xml", "全是括号.txt", "命名空间.xml"]
)
def test_what_was_slow_or_fell_once_gives_a_reading(name):
    assert isinstance(counted(MAKERS[name](), name), Reading)


def tell(reading):
    """That the reading has questions, or says in Chinese what is wrong and what to do."""
    messages = [problem.message for problem in reading.problems if problem.level == "error"]
    assert reading.questions or messages
    assert [message for message in messages if not HAN.search(message) or not NEXT_STEP.search(message)] == []
