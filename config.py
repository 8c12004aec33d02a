"""Settings of one installation, read once from the environment and typed."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.rules.password import DEFAULT_POLICY, Policy

ROOT = Path(__file__).resolve().parent


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and says what to write instead."""


@dataclass(frozen=True)
class Settings:
    """What may differ between two installations. docs/settings.md describes each field."""

    database_url: str
    secret_key: str
    instance_dir: Path
    redis_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    idle_minutes: int = 30
    password_policy: Policy = DEFAULT_POLICY
    testing: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, *, keep: bool = True) -> "Settings":
        """Read the settings; make `instance/` (0700) and the secret's file (0600) when they are missing.

        With `keep` false nothing is made: a command that needs no secret leaves no trace. Raises SettingsError for a
        value that cannot be used.
        """
        instance = Path(environ.get("INSTANCE_DIR") or ROOT / "instance").resolve()
        if keep:
            instance.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(PermissionError):  # somebody else's folder keeps its owner's choice
                instance.chmod(0o700)
        host = environ.get("HOST") or "127.0.0.1"
        port = _number(environ, "PORT", 8000, 1, 65535)
        return cls(
            database_url=_database_url(environ.get("DATABASE_URL"), instance),
            secret_key=_secret(environ.get("SECRET_KEY")) or _kept_secret(instance / "secret_key", keep),
            instance_dir=instance,
            redis_url=environ.get("REDIS_URL") or None,
            host=host,
            port=port,
            public_url=_public_url(environ.get("PUBLIC_URL"), host, port),
            trusted_proxies=_number(environ, "TRUSTED_PROXIES", 0, 0, 9),
            idle_minutes=_number(environ, "IDLE_MINUTES", 30, 5, 720),
            password_policy=Policy(
                shortest=_number(environ, "PASSWORD_LENGTH", Policy.shortest, 8, 64),
                classes=_number(environ, "PASSWORD_CLASSES", Policy.classes, 1, 4),
                days=_number(environ, "PASSWORD_DAYS", Policy.days, 0, 730),
                remembered=_number(environ, "PASSWORD_HISTORY", Policy.remembered, 0, 10),
            ),
        )

    @property
    def is_secure(self) -> bool:
        """True when people reach the site over TLS, so that cookies may be marked secure."""
        return self.public_url.startswith("https://")

    def flask(self) -> dict[str, object]:
        """The same settings under the names that Flask and its extensions read."""
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "TESTING": self.testing,
            # The three uploads may bring more: see app/web/limits.py.
            "MAX_CONTENT_LENGTH": 256 * 1024,
            "MAX_FORM_MEMORY_SIZE": 256 * 1024,
            "MAX_FORM_PARTS": 2000,
            "SESSION_COOKIE_NAME": "zhisai_form",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.is_secure,
            # A paper may last longer than Flask-WTF's default of one hour.
            "WTF_CSRF_TIME_LIMIT": None,
            # Flask-WTF's strict Referer check fails behind proxies that strip it; the token itself is the control.
            "WTF_CSRF_SSL_STRICT": False,
        }


def _database_url(value: str | None, instance: Path) -> str:
    if not value:
        return f"sqlite:///{instance / 'zhisai.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if value.startswith(prefix):
            return "postgresql+psycopg://" + value[len(prefix) :]
    if value.startswith(("sqlite:///", "postgresql+psycopg://")):
        return value
    raise SettingsError("DATABASE_URL 只认 sqlite:///文件路径 或 postgresql://用户:密码@主机/库名，请改正后再启动。")


def _secret(value: str | None) -> str | None:
    if value and len(value) < 32:
        raise SettingsError("SECRET_KEY 至少32个字符，请换一个随机的；不设则由系统生成。")
    return value


def _kept_secret(path: Path, keep: bool) -> str:
    """The secret of this installation, made once and readable by its owner only."""
    if not keep and not path.exists():
        return secrets.token_hex(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_text(encoding="ascii").strip()
        if len(secret) < 32:
            raise SettingsError(f"{path} 里的密钥太短，请删掉这个文件再启动（所有人需要重新登录）。") from None
        return secret
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_hex(32)
        file.write(secret + "\n")
    return secret


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsError(f"{name} 应是 {least} 到 {most} 之间的整数，现在是“{text}”，请改正后再启动。")
    return int(text)


def _public_url(value: str | None, host: str, port: int) -> str:
    if not value:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
        return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(
            "PUBLIC_URL 应是参赛者在浏览器里输入的网址，例如 https://jingsai.example.gov.cn，请改正后再启动。"
        )
    return value.rstrip("/")
