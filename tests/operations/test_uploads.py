"""Uploads between preview and confirmation."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.models import AuditEntry, Import, Question, Unit
from app.operations.uploads import Confirmed, confirm_import, discard_import, keep, preview_bank, preview_units
from app.queries import imports
from app.rules.invalid import Invalid
from tests.operations.sheets import BANK, UNITS, table

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
NOTHING = {"added": 0, "changed": 0, "unchanged": 0, "skipped": 0, "left": 0, "kept": 0}


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_the_bytes_of_an_upload_are_kept_once_for_their_owner_only(tmp_path: Path):
    folder = tmp_path / "uploads"
    checksum = keep(b"abc", folder)
    assert keep(b"abc", folder) == checksum
    path = folder / "ba" / checksum
    assert path.read_bytes() == b"abc"
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [found.name for found in path.parent.iterdir()] == [checksum]


def test_a_preview_writes_nothing_but_itself(context: Flask, tmp_path: Path):
    import_id = preview_units(UNITS, "../单位表.csv", folder=tmp_path, actor=None, now=NOW)
    preview = imports.one(import_id)
    assert preview is not None
    assert (preview.file_name, preview.state, preview.kind) == ("单位表.csv", "previewed", "units")
    assert preview.actions == {
        "add": 3, "change": 0, "revive": 0, "same": 0, "skip": 0, "refuse": 0, "leave": 0, "keep": 0, "drop": 0,
    }  # fmt: skip
    assert preview.is_confirmable
    assert count(Unit) == 0


def test_an_import_confirmed_twice_is_applied_once_and_the_second_is_told(context: Flask, tmp_path: Path):
    import_id = preview_units(UNITS, "单位表.csv", folder=tmp_path, actor=None, now=NOW)
    outcome = NOTHING | {"added": 3}
    assert confirm_import(import_id, actor=None, now=NOW) == Confirmed(True, "confirmed", "units", outcome)
    assert confirm_import(import_id, actor=None, now=NOW) == Confirmed(False, "confirmed", "units", outcome)
    assert count(Unit) == 3


def test_many_confirmations_at_once_apply_an_import_once(app: Flask, tmp_path: Path):
    with app.app_context():
        import_id = preview_bank(BANK.encode(), "题库.txt", folder=tmp_path, actor=None, now=NOW)
    answers: list[bool] = []

    def confirm() -> None:
        with app.app_context():
            answers.append(confirm_import(import_id, actor=None, now=NOW).done)

    threads = [threading.Thread(target=confirm) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]
    with app.app_context():
        assert count(Question) == 3


def test_a_discarded_import_can_no_longer_be_confirmed(context: Flask, tmp_path: Path):
    import_id = preview_units(UNITS, "单位表.csv", folder=tmp_path, actor=None, now=NOW)
    assert discard_import(import_id, actor=None, now=NOW)
    assert not discard_import(import_id, actor=None, now=NOW)
    assert confirm_import(import_id, actor=None, now=NOW) == Confirmed(False, "discarded", "units", {})
    assert count(Unit) == 0


def test_a_file_that_cannot_be_read_is_previewed_with_the_reason_and_never_confirmed(context: Flask, tmp_path: Path):
    import_id = preview_units(b"PK\x03\x04 this is no workbook", "单位表.xlsx", folder=tmp_path, actor=None, now=NOW)
    preview = imports.one(import_id)
    assert preview is not None
    assert [problem.level for problem in preview.problems] == ["error"]
    assert preview.rows == ()
    assert not preview.is_confirmable
    with pytest.raises(Invalid, match="没有可以导入的内容"):
        confirm_import(import_id, actor=None, now=NOW)
    with pytest.raises(Invalid, match="没有这次上传"):
        confirm_import(import_id + 1, actor=None, now=NOW)


def test_what_changed_since_the_preview_is_taken_into_account(context: Flask, tmp_path: Path):
    first = preview_units(UNITS, "单位表.csv", folder=tmp_path, actor=None, now=NOW)
    second = preview_units(UNITS, "单位表.csv", folder=tmp_path, actor=None, now=NOW)
    confirm_import(first, actor=None, now=NOW)
    assert confirm_import(second, actor=None, now=NOW).outcome == NOTHING | {"unchanged": 3}
    assert count(Unit) == 3


def test_rows_are_paged_and_filtered_by_verdict(context: Flask, tmp_path: Path):
    content = table(("单位名称", "上级单位"), *((f"第{n}局", "没有的局" if n % 10 == 0 else "") for n in range(1, 31)))
    preview = imports.one(preview_units(content, "单位表.csv", folder=tmp_path, actor=None, now=NOW))
    assert preview is not None
    assert (preview.verdicts, preview.to_look_at) == ({"ok": 27, "warning": 0, "error": 3}, 3)
    page = preview.page(number=2, size=20)
    assert (page.number, page.pages, page.total, len(page.rows), page.previous, page.next) == (2, 2, 30, 10, 1, None)
    assert [row.place for row in preview.page(only="to_look_at").rows] == ["第11行", "第21行", "第31行"]
    assert [row.place for row in preview.page(only="refuse", number=99, size=2).rows] == ["第31行"]


def test_recent_uploads_come_newest_first_without_their_rows(context: Flask, tmp_path: Path):
    assert imports.recent().rows == ()
    preview_units(UNITS, "单位表.csv", folder=tmp_path, actor=None, now=NOW)
    preview_bank(BANK.encode(), "题库.txt", folder=tmp_path, actor=None, now=NOW)
    assert [row.file_name for row in imports.recent().rows] == ["题库.txt", "单位表.csv"]
    assert [row.kind for row in imports.recent(kinds=("units",)).rows] == ["units"]


def test_the_record_names_ids_only(context: Flask, tmp_path: Path):
    import_id = preview_units(UNITS, "单位表.csv", folder=tmp_path, actor=None, now=NOW)
    confirm_import(import_id, actor=None, now=NOW)
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.subject, entry.detail) for entry in entries] == [
        ("import.preview", f"import:{import_id}", {"kind": "units"}),
        ("import.confirm", f"import:{import_id}", {"kind": "units", "added": 3}),
    ]
    assert count(Import) == 1
