"""What must not stand in any file of the project."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {".git", ".venv", ".cache", "instance", "node_modules", "vendor", "wheels", "__pycache__", "screenshots"}
TEXT = {
    ".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".mjs", ".json", ".sh", ".ini", ".mako", ".svg", ".yml",
    ".yaml", ".conf", ".service", ".timer", ".csv", "",
}  # fmt: skip
HERE = Path(__file__).name  # the one file that has to spell out what it forbids


def _files() -> list[Path]:
    """What git keeps or would keep; without git, what lies in the folder."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = list(ROOT.rglob("*"))
    return sorted(path for path in paths if path.is_file() and not _is_skipped(path))


def _is_skipped(path: Path) -> bool:
    return any(part in SKIPPED or part.endswith("_cache") for part in path.relative_to(ROOT).parts)


def _texts() -> list[tuple[str, str]]:
    paths = [path for path in _files() if path.suffix in TEXT and path.name != HERE]
    return [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace")) for path in paths]


def _hits(pattern: str, names: str = "") -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in _texts()
        if re.search(names, name)
        for number, line in enumerate(text.splitlines(), 1)
        if found.search(line)
    ]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a promise for later", r"\b(TODO|FIXME|XXX|HACK)\b"),
        ("somebody's own folder", r"(?<![\w.])/(home|Users)/[a-z]|(?<![\w.])/root/|[A-Z]:\\\\Users"),
        ("the marks of a merge", r"^(<{7}|>{7}) "),
        ("emoji", "[\U0001f300-\U0001faff\ufe0f]"),
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    ],
)
def test_no_file_holds(what, pattern):
    assert _hits(pattern) == [], what


def test_requirements_name_versions_and_checksums_and_no_address():
    assert _hits(r"https?:|--(extra-)?index-url|--find-links|file:", r"^requirements") == []


def test_pages_load_nothing_from_another_host():
    pattern = (
        r"""(src|href|action)=["'](https?:)?//|url\(["']?(https?:)?//|@import\s+["'](https?:)?//|from ["']https?://"""
    )

    assert _hits(pattern, r"^app/(templates|static)/") == []


def test_no_page_trusts_text_that_came_from_outside():
    assert _hits(r"\|\s*safe\b|autoescape\s+false", r"^app/templates/") == []


def test_nothing_that_an_installation_keeps_is_committed():
    kept = re.compile(r"(^|/)(instance/|\.env$)|\.(db|db-wal|sqlite3?|log|pyc)$")

    assert [str(path.relative_to(ROOT)) for path in _files() if kept.search(str(path.relative_to(ROOT)))] == []


def test_every_file_is_small_enough_to_review():
    assert [str(path.relative_to(ROOT)) for path in _files() if path.stat().st_size > 2 * 1024 * 1024] == []
