"""Units from a list."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.models import Unit
from app.operations.units import check_units
from app.operations.uploads import confirm_import, preview_units
from app.queries import imports, people
from app.queries.imports import Change, Preview
from tests.operations.sheets import UNITS, table

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)


@pytest.fixture
def folder(context: Flask, tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def previewed(content: bytes, folder: Path) -> Preview:
    preview = imports.one(preview_units(content, "单位表.csv", folder=folder, actor=None, now=NOW))
    assert preview is not None
    return preview


def imported(content: bytes, folder: Path) -> dict[str, int]:
    outcome = confirm_import(previewed(content, folder).id, actor=None, now=NOW).outcome
    return {name: count for name, count in outcome.items() if count}


def tree() -> list[tuple[int, str, str | None]]:
    return [(node.depth, node.name, node.code) for node in people.unit_tree()]


def test_a_tree_comes_in_whatever_the_order_of_the_rows(folder: Path):
    content = table(
        ("序号", "单位名称", "单位代码", "上级单位"),
        (3, "市国库支付中心", "CZ01", "市财政局"),
        (4, "支付中心一科", "CZ0101", "CZ01"),
        (1, "市财政局", "CZ", ""),
        (2, "市档案馆", "DA", ""),
    )
    assert imported(content, folder) == {"added": 4}
    assert tree() == [
        (0, "市财政局", "CZ"), (1, "市国库支付中心", "CZ01"), (2, "支付中心一科", "CZ0101"), (0, "市档案馆", "DA"),
    ]  # fmt: skip


def test_the_same_file_again_changes_nothing(folder: Path):
    imported(UNITS, folder)
    preview = previewed(UNITS, folder)
    assert [row.action_label for row in preview.rows] == ["不变", "不变", "不变"]
    assert not preview.is_confirmable


def test_a_changed_row_says_what_changes(folder: Path):
    imported(UNITS, folder)
    content = table(("序号", "单位名称", "单位代码", "上级单位"), (9, "市国库支付局", "CZ01", "RS"))
    (row,) = previewed(content, folder).rows
    assert row.action_label == "更新"
    assert row.changes == (
        Change("名称", "市国库支付中心", "市国库支付局"),
        Change("序号", "2", "9"),
        Change("上级单位", "市财政局", "市人力资源和社会保障局"),
    )
    assert imported(content, folder) == {"changed": 1}
    assert tree() == [(0, "市财政局", "CZ"), (0, "市人力资源和社会保障局", "RS"), (1, "市国库支付局", "CZ01")]


def test_an_alias_finds_its_unit_and_a_new_unit_may_stand_under_a_stored_one(folder: Path):
    imported(UNITS, folder)
    content = table(("单位名称", "上级单位"), ("市劳动局", ""), ("市劳动监察支队", "市劳动局"))
    assert imported(content, folder) == {"added": 1, "unchanged": 1}
    assert tree()[2:] == [(0, "市人力资源和社会保障局", "RS"), (1, "市劳动监察支队", None)]


def test_a_faulty_row_is_left_out_and_the_likely_parent_is_named(folder: Path):
    imported(UNITS, folder)
    content = table(("单位名称", "上级单位"), ("市就业中心", "市人社局"), ("市档案馆", ""), ("", ""), ("市档案馆", ""))
    preview = previewed(content, folder)
    assert [(row.row, row.action, [p.message for p in row.problems]) for row in preview.rows] == [
        (2, "refuse", ["没有上级单位“市人社局”，是不是“市人力资源和社会保障局”？请改成单位表里的名称或代码"]),
        (3, "add", []),
        (5, "refuse", ["单位名称与第3行相同（第3行、第5行），请删去一行，或写全称来区分"]),
    ]
    assert imported(content, folder) == {"added": 1, "skipped": 2}


def test_a_circle_through_the_database_is_refused(folder: Path):
    imported(UNITS, folder)
    content = table(("单位名称", "单位代码", "上级单位"), ("市财政局", "CZ", "CZ01"))
    (row,) = previewed(content, folder).rows
    assert [problem.message for problem in row.problems] == [
        "上级单位绕成了一圈（市财政局→市国库支付中心→市财政局），请改正其中一个"
    ]


def test_a_retired_unit_comes_back(folder: Path):
    imported(UNITS, folder)
    db.session.execute(sa.update(Unit).values(retired_at=NOW))
    db.session.commit()
    assert tree() == []
    assert imported(UNITS, folder) == {"changed": 3}
    assert len(tree()) == 3


def test_looking_only_writes_nothing(folder: Path):
    judged = check_units(UNITS, "单位表.csv", NOW)
    assert [row["action"] for row in judged["rows"]] == ["add", "add", "add"]
    assert tree() == []
