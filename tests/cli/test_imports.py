"""flask content, bank, units and roster."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner

from app.queries import banks, people
from app.queries import imports as uploads
from tests.operations.sheets import BANK, PEOPLE_TITLES, UNITS, table

FAULTY = BANK.replace("答案：C", "答案：E")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return written


def run(runner: FlaskCliRunner, *words: str) -> Result:
    return runner.invoke(args=words)


def value(result: Result) -> Any:
    return json.loads(result.stdout)


def test_checking_a_bank_without_errors_tells_what_is_in_it(runner: FlaskCliRunner, write: Any):
    result = run(runner, "bank", "check", write("小题库.txt", BANK), "--json")
    assert result.exit_code == 0
    assert value(result) == {
        "file": "小题库.txt",
        "title": "小题库",
        "questions": 3,
        "by_kind": {"single_choice": 1, "multiple_choice": 1, "any_number": 0, "true_false": 1, "fill_in": 0},
        "usable": 3,
        "problems": [],
    }


def test_checking_a_faulty_bank_counts_the_faulty_ones_and_ends_with_1(runner: FlaskCliRunner, write: Any):
    file = write("小题库.txt", FAULTY)
    result = run(runner, "bank", "check", file, "--json")
    assert result.exit_code == 1
    report = value(result)
    assert (report["questions"], report["by_kind"]["single_choice"], report["usable"]) == (3, 1, 2)
    assert report["problems"] == [
        {
            "row": 6,
            "column": "答案",
            "level": "error",
            "message": "答案写成了E，但只有4个选项，请改答案或补选项",
            "sheet": None,
        }
    ]
    plain = run(runner, "bank", "check", file)
    assert plain.stdout.splitlines() == [
        "有误　第6行　答案：答案写成了E，但只有4个选项，请改答案或补选项",
        "《小题库》读到 3 题（单选 1，多选 1，判断 1），可用 2 题。",
    ]


def test_a_file_that_cannot_be_read_ends_with_2(runner: FlaskCliRunner, write: Any, tmp_path: Path):
    result = run(runner, "bank", "check", write("题库.xlsx", b"PK\x03\x04 no workbook"), "--json")
    assert (result.exit_code, value(result)["questions"]) == (2, 0)
    assert value(result)["problems"][0]["row"] is None
    assert run(runner, "bank", "check", str(tmp_path / "none.txt")).exit_code == 2
    assert run(runner, "units", "import", write("单位表.xlsx", b"PK\x03\x04 no workbook")).exit_code == 2
    assert run(runner, "bank", "import", write("题库.xlsx", b"PK\x03\x04"), "--title", "T").exit_code == 2


def test_a_bank_is_imported_and_kept(app: Flask, runner: FlaskCliRunner, write: Any):
    result = run(runner, "bank", "import", write("小题库.txt", BANK), "--title", "新题库", "--json")
    assert result.exit_code == 0
    report = value(result)
    assert (report["title"], report["added"], report["skipped"]) == ("新题库", 3, 0)
    with app.app_context():
        assert [row.title for row in banks.listed()] == ["新题库"]
        assert [row.state for row in uploads.recent().rows] == ["confirmed"]
    again = run(runner, "bank", "import", write("小题库.txt", BANK), "--title", "新题库")
    assert again.exit_code == 1
    assert "与题库第1题相同，不再导入" in again.stdout
    assert again.stderr == "没有可以导入的题，什么也没有写入。\n"


def test_a_faulty_bank_is_imported_only_when_asked_to_skip(app: Flask, runner: FlaskCliRunner, write: Any):
    file = write("小题库.txt", FAULTY)
    refused = run(runner, "bank", "import", file, "--title", "新题库")
    assert refused.exit_code == 1
    assert refused.stderr == (
        "有 1 题有误，什么也没有写入。请改好后再导入；或加 --skip-faulty，跳过这些题，导入其余的题。\n"
    )
    with app.app_context():
        assert banks.listed() == []
    done = run(runner, "bank", "import", file, "--title", "新题库", "--skip-faulty")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "题库“新题库”新增 2 题，没有导入 1 题。"


def test_a_shipped_bank_takes_no_other_questions(runner: FlaskCliRunner, write: Any):
    assert run(runner, "content", "load").exit_code == 0
    result = run(runner, "bank", "import", write("小题库.txt", BANK), "--title", "普法知识题库")
    assert result.exit_code == 1
    assert "随系统提供" in result.stderr


def test_content_is_loaded_once(runner: FlaskCliRunner):
    first = value(run(runner, "content", "load", "--json"))
    assert (first["banks"], first["quizzes"], first["unchanged"]) == (3, 3, 0)
    assert run(runner, "content", "load").stdout == (
        "载入题库 0 个、试卷方案 0 份，没有变化的 6 个；新增 0 题，修订 0 题，停用 0 题。\n"
    )


def test_a_faulty_shipped_file_stops_the_load(app: Flask, runner: FlaskCliRunner, tmp_path: Path):
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "小题库.txt").write_text(FAULTY, encoding="utf-8")
    app.config["QUESTION_BANKS_DIR"] = folder
    result = run(runner, "content", "load")
    assert (result.exit_code, result.stderr) == (1, "小题库.txt 第6行：答案写成了E，但只有4个选项，请改答案或补选项\n")


def test_units_and_people_are_imported(app: Flask, runner: FlaskCliRunner, write: Any):
    units = run(runner, "units", "import", write("单位表.csv", UNITS))
    assert (units.exit_code, units.stdout.splitlines()[-1]) == (0, "已导入：新增 3 个单位，更新 0。")
    content = table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", "G1"), ("王芳", "CZ", "13800001111", "G2"))
    roster = run(runner, "roster", "import", write("人员表.csv", content), "--json")
    assert roster.exit_code == 0
    assert value(roster)["outcome"] == {"added": 2, "changed": 0, "unchanged": 0, "skipped": 0, "left": 0, "kept": 0}
    fewer = write("人员表.csv", table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", "G1")))
    dry = run(runner, "roster", "import", fewer, "--replace", "--dry-run")
    assert "提醒　王芳，市财政局，工号G2：文件里没有他，将停用" in dry.stdout.splitlines()
    told = value(run(runner, "roster", "import", fewer, "--replace", "--dry-run", "--json"))["problems"]
    assert [problem["person"] for problem in told if problem["row"] is None] == ["王芳，市财政局，工号G2"]
    assert run(runner, "roster", "import", fewer, "--replace").stdout.splitlines()[-1] == (
        "已导入：新增 0 人，更新 0，停用 1。"
    )
    assert run(runner, "roster", "import", fewer, "--replace").stdout.splitlines()[-1] == (
        "与系统里的完全一样，没有要写入的。"
    )
    with app.app_context():
        assert [row.name for row in people.people().rows] == ["李明"]


def test_a_dry_run_writes_nothing(app: Flask, runner: FlaskCliRunner, write: Any):
    result = run(runner, "units", "import", write("单位表.csv", UNITS), "--dry-run", "--json")
    assert result.exit_code == 0
    assert (value(result)["actions"]["add"], value(result)["outcome"]) == (3, None)
    with app.app_context():
        assert people.unit_tree() == []
        assert uploads.recent().rows == ()


def test_a_faulty_list_writes_nothing_unless_asked_to_skip(app: Flask, runner: FlaskCliRunner, write: Any):
    run(runner, "units", "import", write("单位表.csv", UNITS))
    content = table(PEOPLE_TITLES, ("李明", "市人社局", "13800006207", "G1"), ("王芳", "CZ", "13800001111", "G2"))
    file = write("人员表.csv", content)
    refused = run(runner, "roster", "import", file)
    assert refused.exit_code == 1
    assert refused.stdout.splitlines() == [
        "有误　第2行　单位：没有“市人社局”，是不是“市人力资源和社会保障局”？请改成单位表里的名称或代码",
        "新增 1，有误 1",
    ]
    assert refused.stderr == "有 1 行有误，什么也没有写入。请改好后再导入；或加 --skip-faulty，跳过这些行。\n"
    with app.app_context():
        assert people.people().rows == ()
    assert run(runner, "roster", "import", file, "--skip-faulty").exit_code == 0
    with app.app_context():
        assert [row.name for row in people.people().rows] == ["王芳"]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    "words", [("content", "load"), ("bank", "check"), ("bank", "import"), ("units", "import"), ("roster", "import")]
)
def test_every_command_explains_itself_with_an_example(runner: FlaskCliRunner, words: tuple[str, str]):
    result = run(runner, *words, "--help")
    assert result.exit_code == 0
    assert f"例：flask {' '.join(words)}" in result.stdout
    assert "退出码：0" in result.stdout


@pytest.mark.database("sqlite")
def test_checking_a_bank_needs_no_database(app: Flask, runner: FlaskCliRunner, write: Any, monkeypatch: Any):
    def refuse(*_: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr("sqlalchemy.engine.Engine.connect", refuse)
    assert run(runner, "bank", "check", write("小题库.txt", BANK)).exit_code == 0
