"""What `make bundle` packs runs by itself, and its installer says why when it cannot."""

import contextlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bench.served import FOREIGN, free_port
from config import ROOT

TOOLS = ROOT / "tools" / "bundle"
PARTS = (TOOLS / "parts").read_text().split()
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


def environment(**more):
    return {name: value for name, value in os.environ.items() if name not in FOREIGN} | more


def test_what_is_packed_serves_without_the_rest_of_the_project(tmp_path):
    code = tmp_path / "code"
    code.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, code / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, code / part)
    port = free_port()
    served = subprocess.Popen(
        [sys.executable, "run.py"], cwd=code, stdout=subprocess.DEVNULL,
        env=environment(INSTANCE_DIR=str(tmp_path / "data"), PORT=str(port)), start_new_session=True,
    )  # fmt: skip
    try:
        assert ready(served, f"http://127.0.0.1:{port}/readyz") == b'{"status":"ok"}\n'
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(20)


def ready(served, url):
    """What it answers as soon as it answers."""
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return f"ended with {served.wait(timeout=0.1)}"  # the only way to lose patience early
    return "never answered"


@pytest.fixture
def unpacked(tmp_path):
    """A bundle with nothing but its installer, made for this machine."""
    folder = tmp_path / "zhisai"
    (folder / "installer").mkdir(parents=True)
    shutil.copy(TOOLS / "install.sh", folder)
    (folder / "run.py").write_text("print('whole')\n")
    made_for(folder, f"{HERE} {platform.machine()}")
    summed = subprocess.run(["sha256sum", "run.py"], cwd=folder, capture_output=True, check=True).stdout
    (folder / "installer" / "SHA256SUMS").write_bytes(summed)
    return folder


def made_for(folder, kind):
    (folder / "installer" / "made-for").write_text(f"{kind}\n")


def installed(folder):
    command, python = [str(folder / "install.sh")], environment(PYTHON=sys.executable)
    done = subprocess.run(command, env=python, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, (folder / ".venv").exists()


def test_a_bundle_for_another_machine_is_refused(unpacked):
    made_for(unpacked, f"{HERE} vax")
    code, complaint, touched = installed(unpacked)
    assert (code, touched) == (1, False)
    assert complaint.startswith("这个安装包用于 vax 的机器，本机是")


def test_a_bundle_for_another_python_is_refused(unpacked):
    made_for(unpacked, f"3.99 {platform.machine()}")
    code, complaint, touched = installed(unpacked)
    assert (code, touched) == (1, False)
    assert complaint.startswith("这个安装包用于 Python 3.99，本机没有找到。")


def test_a_file_that_the_copying_spoilt_is_named(unpacked):
    (unpacked / "run.py").write_text("print('spoilt')\n")
    code, complaint, touched = installed(unpacked)
    assert (code, touched) == (1, False)
    assert "run.py: FAILED" in complaint
    assert complaint.endswith("请重新拷贝一次。\n")


def test_every_part_that_is_packed_is_there():
    assert [part for part in PARTS if not (ROOT / part).exists()] == []


def test_the_scripts_can_be_run():
    scripts = [TOOLS / "bundle.sh", TOOLS / "install.sh", Path(ROOT / "deploy" / "zhisai")]
    assert [script.name for script in scripts if not os.access(script, os.X_OK)] == []
