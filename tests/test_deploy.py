"""What lies in deploy/ fits the program: commands that exist, settings that are known, limits that agree."""

import re
import shlex
import shutil
import subprocess

import pytest

from app.cli import COMMANDS
from app.cli.backup import backup
from app.operations.readiness import Readiness
from app.web.limits import LARGEST_UPLOAD
from config import ROOT, Settings

DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))


def values(path, name):
    return re.findall(rf"^{name}=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_timer_runs_a_backup_that_the_command_line_takes(tmp_path):
    (command,) = values(DEPLOY / "zhisai-backup.service", "ExecStart")
    program, name, *words = shlex.split(command)
    assert (program, name) == ("/opt/zhisai/.venv/bin/flask", "backup")
    with backup.make_context(name, words) as context:
        assert (str(context.params["file"]), context.params["keep"]) == ("/var/lib/zhisai-backups", 14)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_writes_nowhere_but_into_its_own_folders(path):
    assert values(path, "ProtectSystem") == ["strict"]
    assert values(path, "NoNewPrivileges") == ["yes"]
    assert values(path, "CapabilityBoundingSet") == [""]
    assert values(path, "User") == ["zhisai"]
    assert values(path, "ReadWritePaths") == []
    assert "zhisai" in values(path, "StateDirectory")[0].split()
    assert values(path, "UMask") == ["0077"]


def test_the_settings_in_the_example_are_known_and_can_be_used(tmp_path):
    lines = (DEPLOY / "zhisai.env").read_text(encoding="utf-8").splitlines()
    pairs = dict(shlex.split(line.lstrip("# "))[0].split("=", 1) for line in lines if re.match(r"(# )?[A-Z_]+=", line))
    settings = Settings.from_environment(pairs, keep=False)
    assert settings.is_secure and settings.trusted_proxies == 1
    assert str(settings.instance_dir) == "/var/lib/zhisai"
    assert settings.database_url.startswith("postgresql+psycopg://")
    described = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in pairs if f"`{name}`" not in described] == []


def test_the_proxy_lets_through_what_the_program_takes_and_tells_it_who_asks():
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (most,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(most) * 1024 * 1024 > LARGEST_UPLOAD
    for name, value in (("For", "$remote_addr"), ("Proto", "$scheme"), ("Host", "$host")):
        assert f"proxy_set_header X-Forwarded-{name} {value};" in text


def test_the_manual_names_every_reason_for_not_being_ready_and_every_command_it_uses_exists():
    manual = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `((?:database|schema)_\w+)` \|", manual, re.MULTILINE)) == set(Readiness) - {
        Readiness.READY
    }
    commands = {command.name for command in COMMANDS}
    assert set(re.findall(r"\bzhisai (backup|restore|doctor|report)\b", manual)) <= commands


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_finds_nothing_wrong_in_the_units(tmp_path):
    units = [*SERVICES, DEPLOY / "zhisai-backup.timer"]
    for path in units:
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(re.sub(r"/opt/zhisai(?=/\.venv|$)", str(ROOT), text, flags=re.MULTILINE))
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / path.name) for path in units)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
