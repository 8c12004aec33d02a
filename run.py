"""Serve 知赛: bring the tables and the shipped content up to date, print the address, answer requests."""

import logging
import os
import socket
import sys
from functools import partial
from pathlib import Path

from flask import Flask

from app import create_app
from config import ROOT, Settings, SettingsError

# Few threads are cheap, too few would let logins and exports hold up saves; measured by `make bench`.
THREADS = int(os.environ.get("THREADS") or 6)


def application() -> Flask:
    """What the serving process runs: the application, and beside it the sweeper."""
    app = create_app()
    from app.jobs import Sweeper  # only the serving process sweeps

    Sweeper(app).start()
    return app


def prepare(settings: Settings) -> str | None:
    """Tables and shipped content as of this version; the first administrator's one-time path while there is none."""
    app = create_app(settings)
    with app.app_context():
        from app.extensions import utc_now
        from app.operations import accounts, content
        from app.queries import health

        if health.schema() != newest_migration():
            import flask_migrate  # slow import, needed only after an upgrade

            print("正在建立或升级数据表……", flush=True)
            flask_migrate.upgrade()
        content.load_content(ROOT / "quizzes", ROOT / "question_banks", now=utc_now())
        token = accounts.make_setup_link(now=utc_now())
        from app.database import db

        db.session.remove()
        db.engine.dispose()
    return f"/activation/{token}" if token else None


def newest_migration() -> str:
    """The number that the last file in migrations/versions begins with."""
    return max(path.name for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py")).split("_")[0]


def main() -> int:
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        print(f"无法启动：{error}", file=sys.stderr)
        return 2
    if _is_taken(settings):
        advice = "请先停掉占用它的程序，或换个端口：make run PORT=8001"
        print(f"无法启动：{settings.host}:{settings.port} 已被占用。{advice}", file=sys.stderr)
        return 2
    _serve(settings, prepare(settings))
    return 0


def _greet(settings: Settings, path: str | None) -> None:
    print(f"\n  知赛已启动：{settings.public_url}", flush=True)
    if path:
        print(f"  首次使用，请在7天内打开这个一次性链接，设置第一个管理员：\n  {settings.public_url}{path}", flush=True)
    print("  按 Ctrl+C 停止。\n", flush=True)


def _is_taken(settings: Settings) -> bool:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return True
    return False


def _serve(settings: Settings, path: str | None) -> None:
    from granian import Granian  # slow import, needed only to serve
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "run:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=1,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        blocking_threads=THREADS,
        backlog=1024,
        working_dir=Path(ROOT),
        log_access=False,
        log_level=LogLevels.error,
    )
    server.on_startup(partial(_greet, settings, path))
    server.serve()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main())
