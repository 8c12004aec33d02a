"""flask bank lint."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner

from config import ROOT

FAULTY = """题库：小题库

一、单项选择题

1. 依照宪法，公民有（　　）的自由。
A. 言论
B. 免税
C. 免役
D. 以上都对
答案：A
解析：言论自由由宪法规定。
依据：宪法第35条
知识点：宪法
难度：1
"""


@pytest.fixture
def file(tmp_path: Path) -> Any:
    path = tmp_path / "小题库.txt"
    path.write_text(FAULTY, encoding="utf-8")
    return str(path)


def test_each_remark_names_the_question_and_its_line(runner: FlaskCliRunner, file: str):
    result = runner.invoke(args=["bank", "lint", file])
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "第1题（第5行）　选项：“以上都”依赖选项的次序，抽题时选项会打乱，请换一种说法",
        "第1题（第5行）　依据：“宪法第35条”的写法不便核对，请写成《文件全称》（某年修订）第几条",
        "《小题库》1题，2条意见。",
    ]


def test_remarks_come_as_json_too(runner: FlaskCliRunner, file: str):
    result = runner.invoke(args=["bank", "lint", file, "--json"])
    found = json.loads(result.stdout)
    assert (result.exit_code, found["title"], found["questions"], found["problems"]) == (1, "小题库", 1, [])
    assert found["remarks"][1] == {
        "subject": "依据",
        "message": "“宪法第35条”的写法不便核对，请写成《文件全称》（某年修订）第几条",
        "number": "1",
        "place": "第5行",
    }


@pytest.mark.parametrize("path", sorted((ROOT / "question_banks").glob("*.txt")), ids=lambda path: path.stem)
def test_a_shipped_bank_gets_no_remark(runner: FlaskCliRunner, path: Path):
    result = runner.invoke(args=["bank", "lint", str(path)])
    assert (result.exit_code, result.stdout.splitlines()[-1][-6:]) == (0, "，没有意见。")


def test_a_file_without_questions_ends_with_2(runner: FlaskCliRunner, tmp_path: Path):
    (tmp_path / "空.txt").write_text("没有试题", encoding="utf-8")
    assert runner.invoke(args=["bank", "lint", str(tmp_path / "空.txt")]).exit_code == 2
