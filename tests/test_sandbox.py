"""The limited child answers, or ends alone: too large, too slow, crashed, and never anything left behind."""

import os
import signal
import time

import pytest

from app import sandbox
from app.sandbox import Crashed, TooLarge, TooSlow, run_limited
from tests.formats.workbooks import workbook

CHILD = "app.formats.spreadsheet:read_cells"


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Run a few lines as the function of a child, in an application made for the test."""

    def run(lines: str, payload: bytes = b"", **limits):
        package = tmp_path / "app"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text("")
        program = package / "sandbox.py"
        program.write_text(_source(), encoding="utf-8")
        body = "\n".join(f"    {line}" for line in lines.splitlines())
        (package / "trial.py").write_text(f"import os, sys, time\ndef act(payload):\n{body}\n", encoding="utf-8")
        monkeypatch.setattr(sandbox, "__file__", str(program))
        return run_limited("app.trial:act", payload, **limits)

    return run


def _source() -> str:
    with open(sandbox.__spec__.origin or "", encoding="utf-8") as file:
        return file.read()


def test_the_answer_is_what_the_function_returned(child):
    assert child("return {'length': len(payload), 'word': '知赛'}", b"12345") == {"length": 5, "word": "知赛"}


def test_a_file_can_be_the_payload(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook([["甲"]]))

    assert run_limited(CHILD, path)["sheets"][0]["rows"] == [["甲"]]


def test_what_a_library_prints_is_not_taken_for_the_answer(child):
    assert child("print('noise'); os.write(1, b'more'); return 7") == 7


def test_the_child_inherits_no_secret_and_no_open_file(child, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    lines = "return [sorted(os.environ), sorted(int(n) for n in os.listdir('/proc/self/fd')), os.getcwd()]"

    names, files, folder = child(lines)

    assert (names, folder) == (["LANG", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH", "TZ"], "/")
    assert len(files) <= 5  # the three standard ones, the answer, and the listing itself


def test_too_much_memory_is_too_large(child):
    with pytest.raises(TooLarge):
        child("return len(bytearray(2 << 30))", memory_mb=128)


def test_too_long_an_answer_is_too_large(child):
    lines = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\nreturn 'a' * (2 << 20)"

    with pytest.raises(TooLarge):
        child(lines)


def test_too_much_processor_time_is_too_slow(child):
    with pytest.raises(TooSlow):
        child("while True: pass", cpu_seconds=1)


def test_waiting_too_long_is_too_slow_and_ends_the_grandchildren(child, tmp_path):
    note = tmp_path / "grandchild"
    lines = f"pid = os.fork()\nif pid: open({str(note)!r}, 'w').write(str(pid))\ntime.sleep(60)"

    with pytest.raises(TooSlow):
        child(lines, wall_seconds=1)

    assert _is_gone(int(note.read_text()))


def _is_gone(pid: int) -> bool:
    for _ in range(50):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().split()[2] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    "lines",
    [
        "raise ValueError('no')",
        "os.abort()",
        "sys.exit(3)",
        "return object()",
        f"os.kill(os.getpid(), {signal.SIGSEGV:d})",
    ],
)
def test_any_other_end_is_a_crash(child, lines):
    with pytest.raises(Crashed):
        child(lines)


@pytest.mark.parametrize("name", ["os:system", "subprocess:run", "app.nowhere:act", "app.formats.spreadsheet:nothing"])
def test_only_functions_of_the_application_run(name):
    with pytest.raises(Crashed):
        run_limited(name, b"true")


def test_nothing_is_left_open(child):
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(3):
        child("return 1")

    assert len(os.listdir("/proc/self/fd")) == before
