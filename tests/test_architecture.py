"""The plan of the house holds: floors, pure rules, one subject a file, no rooms for odds and ends."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 320  # lines; "about 300, one subject"
ODDS_AND_ENDS = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?|services?)($|_)")


def _modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "versions" not in path.parts)


def test_imports_go_down_the_floors():
    """In a process of its own: the linter switches the loggers off for all who come after it."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout


def test_importing_the_rules_and_formats_imports_no_framework():
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in _modules("app/rules", "app/formats")
    ]
    script = (
        f"import sys, importlib\nfor name in {names!r}: importlib.import_module(name)\n"
        "print(*sorted({'flask', 'sqlalchemy', 'pandas', 'wtforms', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_the_serving_process_never_imports_pandas():
    script = "import sys, app.factory\nprint(*sorted({'pandas', 'numpy', 'python_calamine'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_every_file_has_one_subject():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in _modules("app", "tests", "tools", "bench")
    }

    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_name_says_what_is_inside():
    names = [part for path in _modules("app", "tests", "tools", "bench") for part in path.relative_to(ROOT).parts]

    assert sorted({name for name in names if ODDS_AND_ENDS.search(name.removesuffix(".py"))}) == []


@pytest.mark.parametrize("path", _modules("app"), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_clock_is_read_on_the_top_floors_only():
    """Everything below web, cli and jobs takes `now`; app.extensions holds the clock itself."""
    reading = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?)\(|\butc_now\b")
    below = _modules("app/rules", "app/formats", "app/reports", "app/models", "app/queries", "app/operations")
    readers = [str(path.relative_to(ROOT)) for path in below if reading.search(path.read_text(encoding="utf-8"))]

    assert readers == []
