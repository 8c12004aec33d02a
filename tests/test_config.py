"""Settings: each one read, typed, refused with advice, and documented."""

import os
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from app.rules.password import Policy
from config import ROOT, Settings, SettingsError

VARIABLES = (
    "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "INSTANCE_DIR", "HOST", "PORT", "PUBLIC_URL", "TRUSTED_PROXIES",
    "THREADS", "IDLE_MINUTES",
    "PASSWORD_LENGTH", "PASSWORD_CLASSES", "PASSWORD_DAYS", "PASSWORD_HISTORY",
)  # fmt: skip


def read(tmp_path, **environ):
    return Settings.from_environment({"INSTANCE_DIR": str(tmp_path / "instance")} | environ)


def test_without_any_setting_it_is_sqlite_on_this_machine(tmp_path):
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'instance' / 'zhisai.db'}"
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (settings.redis_url, settings.trusted_proxies, settings.is_secure) == (None, 0, False)


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first, second = read(tmp_path), read(tmp_path)
    file = tmp_path / "instance" / "secret_key"
    assert first.secret_key == second.secret_key == file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_folder_that_others_could_read_is_closed(tmp_path):
    (tmp_path / "instance").mkdir(mode=0o755)
    read(tmp_path)
    assert stat.S_IMODE((tmp_path / "instance").stat().st_mode) == 0o700


def test_a_secret_of_the_environment_makes_no_file(tmp_path):
    assert read(tmp_path, SECRET_KEY="s" * 40).secret_key == "s" * 40
    assert not (tmp_path / "instance" / "secret_key").exists()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h/db", "postgresql+psycopg://u:p@h/db"),
        ("postgresql://u:p@h:5433/db", "postgresql+psycopg://u:p@h:5433/db"),
        ("postgresql+psycopg://h/db", "postgresql+psycopg://h/db"),
        ("sqlite:////var/lib/zhisai.db", "sqlite:////var/lib/zhisai.db"),
    ],
)
def test_the_database_is_named_by_its_address(tmp_path, given, used):
    assert read(tmp_path, DATABASE_URL=given).database_url == used


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("0.0.0.0", "9000", "http://127.0.0.1:9000"),
        ("10.1.2.3", "80", "http://10.1.2.3:80"),
        ("::1", "8000", "http://[::1]:8000"),
    ],
)
def test_the_public_address_follows_host_and_port(tmp_path, host, port, address):
    assert read(tmp_path, HOST=host, PORT=port).public_url == address


def test_behind_tls_cookies_are_secure(tmp_path):
    settings = read(tmp_path, PUBLIC_URL="https://jingsai.example.gov.cn/", TRUSTED_PROXIES="1")
    assert settings.public_url == "https://jingsai.example.gov.cn"
    assert (settings.is_secure, settings.flask()["SESSION_COOKIE_SECURE"], settings.trusted_proxies) == (True, True, 1)


def test_what_a_house_asks_of_passwords_is_set(tmp_path):
    assert read(tmp_path).password_policy == Policy(shortest=10, classes=1, days=0, remembered=1)
    asked = {"PASSWORD_LENGTH": "8", "PASSWORD_CLASSES": "3", "PASSWORD_DAYS": "90", "PASSWORD_HISTORY": "5"}
    assert read(tmp_path, **asked).password_policy == Policy(shortest=8, classes=3, days=90, remembered=5)


def test_redis_is_taken_as_given(tmp_path):
    assert read(tmp_path, REDIS_URL="redis://127.0.0.1/0").redis_url == "redis://127.0.0.1/0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("PORT", "80a"), ("PORT", "0"), ("PORT", "70000"), ("PORT", "８０００"), ("TRUSTED_PROXIES", "-1"),
        ("IDLE_MINUTES", "0"), ("PASSWORD_LENGTH", "7"), ("PASSWORD_CLASSES", "5"), ("PASSWORD_DAYS", "731"),
        ("PASSWORD_HISTORY", "11"),
        ("DATABASE_URL", "mysql://x"), ("PUBLIC_URL", "jingsai.example.gov.cn"), ("PUBLIC_URL", "https://"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_named_with_advice(tmp_path, name, value):
    with pytest.raises(SettingsError, match=name):
        read(tmp_path, **{name: value})


def test_a_cut_off_secret_is_refused(tmp_path):
    read(tmp_path)
    (tmp_path / "instance" / "secret_key").write_text("short")
    with pytest.raises(SettingsError, match="密钥太短"):
        read(tmp_path)


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in VARIABLES if f"`{name}`" not in text] == []


def test_every_variable_that_the_code_reads_is_a_setting_of_the_list():
    import re

    code = (ROOT / "config.py").read_text() + (ROOT / "run.py").read_text()
    names = set(re.findall(r'(?:environ\.get\(|environ, )"([A-Z_]+)"', code))
    assert names <= set(VARIABLES)
    assert len(fields(Settings)) == 11
    assert Path(ROOT, "docs").is_dir()


def test_a_command_says_in_one_line_which_setting_cannot_be_used(tmp_path):
    environ = {**os.environ, "FLASK_APP": "app", "INSTANCE_DIR": str(tmp_path), "PASSWORD_CLASSES": "9"}
    command = [sys.executable, "-m", "flask", "doctor"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "Error: PASSWORD_CLASSES 应是 1 到 4 之间的整数，现在是“9”，请改正后再启动。\n"
