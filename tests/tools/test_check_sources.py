"""Holding a bank against the texts, on a small library made here."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.rules.question import TRUE_FALSE_OPTIONS, Draft, QuestionKind
from tools.check_sources import Library, borne_out, check, main

ARTICLES = [
    (
        "laws/xinfang-2022.md",
        "信访工作条例",
        "2022年发布",
        "现行有效",
        "第三十条",
        "不得将检举材料转给被检举人。",
    ),
    ("laws/xinfang-2005.md", "信访条例", "2005年公布", "已废止", "第三条", "三十日内答复。"),
    ("laws/fuyi-2023.md", "复议法", "2023年修订", "现行有效", "第二十条", "自知道之日起六十日内提出申请。"),
]
REPORT = """---
title: 工作报告
version: 2007年通过
status: 官方文件
---
# 工作报告

第一要义是发展，核心是以人为本。

别的话。
"""
DRAFT = Draft(
    QuestionKind.SINGLE_CHOICE,
    "依照复议法，提出申请的期限是（　　）。",
    ("六十日内提出", "九十日内提出", "三十日内提出", "二十日内提出"),
    (0,),
    explanation="期限从知道之日算起。",
    source="《复议法》（2023年修订）第二十条",
    number="1",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = ("file", "title", "version", "status", "article", "text")
    lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in ARTICLES]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "party").mkdir()
    (tmp_path / "party" / "baogao.md").write_text(REPORT, encoding="utf-8")
    return tmp_path


def found(folder: Path, draft: Draft) -> list[tuple[str, str]]:
    return [(finding.what, finding.message) for finding in check([draft], Library(folder))]


def test_a_key_that_its_article_bears_out_is_not_told(folder: Path):
    assert found(folder, DRAFT) == []


def test_a_passage_of_a_text_without_articles_is_found_by_its_words(folder: Path):
    draft = replace(DRAFT, options=("以人为本", "稳定"), source="《工作报告》（2007年通过）第一部分")
    assert found(folder, draft) == []
    assert found(folder, replace(draft, options=("稳定压倒一切", "发展"), explanation="")) == [
        ("关键词不在文中", "0% 稳定压倒一切")
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"source": "复议法第二十条"}, ("依据写法", "复议法第二十条")),
        ({"source": "《复议法》（1999年通过）第二十条"}, ("没有这个文本", "《复议法》1999年")),
        ({"source": "《复议法》（2023年修订）第八十条"}, ("没有这一条", "《复议法》第八十条")),
        ({"key": (1,)}, ("数字不在文中", "九十日 九十日内提出")),
    ],
)
def test_what_the_texts_do_not_bear_out_is_told(folder: Path, change: dict[str, object], told: tuple[str, str]):
    assert found(folder, replace(DRAFT, **change)) == [told]  # type: ignore[arg-type]


def test_a_text_that_is_no_longer_in_force_is_told(folder: Path):
    draft = replace(DRAFT, options=("三十日内答复", "六十日内"), source="《信访条例》（2005年公布）第三条")
    assert found(folder, draft) == [("不是现行文本", "《信访条例》已废止")]


def test_of_a_true_statement_the_figures_of_the_case_do_not_count(folder: Path):
    draft = replace(
        DRAFT,
        kind=QuestionKind.TRUE_FALSE,
        options=TRUE_FALSE_OPTIONS,
        stem="某人过了九十日才来。依照复议法，申请应当自知道之日起六十日内提出。",
    )
    assert found(folder, draft) == []
    wrong = replace(draft, stem="依照复议法，申请应当自知道之日起八十日内提出。")
    assert found(folder, wrong) == [("数字不在文中", f"八十日 {wrong.stem}{wrong.explanation}")]


def test_words_are_borne_out_by_runs_of_two_signs_or_more():
    assert borne_out("六十日内，提出", "六十日内提出申请") == 1.0
    assert borne_out("六甲十乙", "六十日内提出申请") == 0.0
    assert borne_out("", "六十日") == 0.0


def test_the_command_prints_counts_and_ends_with_what_was_found(folder: Path, tmp_path: Path, capsys):
    bank = tmp_path / "小题库.txt"
    options = "\n".join(f"{letter}. {option}" for letter, option in zip("ABCD", DRAFT.options, strict=True))
    bank.write_text(f"1. {DRAFT.stem}\n{options}\n答案：A\n依据：{DRAFT.source}\n", encoding="utf-8")
    assert main([str(folder), str(bank)]) == 0
    assert capsys.readouterr().out == "小题库.txt：1题，引1处，其中条文1条、篇章0处：没有问题\n"
    bank.write_text(bank.read_text(encoding="utf-8").replace("答案：A", "答案：B"), encoding="utf-8")
    assert main([str(folder), str(bank)]) == 1
    assert main([str(tmp_path / "none")]) == 2
