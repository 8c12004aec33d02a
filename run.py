"""Serve 知赛: bring the tables and the shipped content up to date, print the address, answer requests."""

import logging
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app import create_app
from config import ROOT, Settings, SettingsError

if TYPE_CHECKING:
    from flask import Flask

# Few threads are cheap, too few would let logins and exports hold up saves; measured by `make bench`.
THREADS = int(os.environ.get("THREADS") or 4)
# A browser keeps its connection for half a minute: as many as people who answer at once, and more. Each is one file.
CONNECTIONS, OTHER_FILES = 16_384, 256


def application() -> "Flask":
    """What the serving process runs: everything brought up to date, then the application, and beside it the sweeper.

    One process does all of it, so that a start imports everything once only.
    """
    try:
        app = create_app()
        path = prepare(app)
    except Exception as error:  # a process that cannot start would be started again and again
        print(f"无法启动：{_told(error)}", file=sys.stderr, flush=True)
        os.kill(os.getppid(), signal.SIGUSR1)
        os._exit(1)
    from app.jobs import Sweeper  # only the serving process sweeps

    settings = app.config["SETTINGS"]
    Sweeper(app).start()
    app.extensions["line"].watch(settings.host, settings.port)
    _greet(settings, path)
    return app


def _told(error: Exception) -> str:
    from app.database import DatabaseError, Unavailable
    from app.rules.causes import cause

    if isinstance(error, DatabaseError) and not isinstance(error, Unavailable):  # its words may quote a row
        return f"{type(error).__name__}（{cause(error)}）"
    if isinstance(error, Unavailable):
        return f"连不上数据库，请核对 DATABASE_URL，并确认数据库已启动。（{str(error.orig).splitlines()[0]}）"
    return f"{type(error).__name__}: {error}"


def prepare(app: "Flask") -> str | None:
    """Tables and shipped content as of this version; the first administrator's one-time path while there is none."""
    with app.app_context():
        from app.extensions import utc_now
        from app.operations import accounts, content, rehearsal_clearing
        from app.queries import health

        if health.schema() != health.newest_schema():
            import flask_migrate  # needed only after an upgrade

            print("正在建立或升级数据表……", flush=True)
            flask_migrate.upgrade()
        content.load_content(ROOT / "quizzes", ROOT / "question_banks", now=utc_now())
        rehearsal_clearing.clear_leftovers(app.config["SETTINGS"].instance_dir, now=utc_now())
        token = accounts.make_setup_link(now=utc_now())
    return f"/activation/{token}" if token else None


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
    failures: list[int] = []

    def stop(number: int, _frame: object) -> None:
        failures.append(number)
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGUSR1, stop)
    while _was_struck_down(settings) and not failures:
        print("工作进程接连中断，正在重新启动。", file=sys.stderr, flush=True)
    return 1 if failures else 0


def _was_struck_down(settings: Settings) -> bool:
    """Serve until told to stop; True when the server gave up because its worker ended twice within seconds.

    Twice is what an overloaded machine does; whoever is in the middle of a paper needs the site back.
    """
    try:
        _serve(settings)
    except SystemExit as end:
        return bool(end.code)
    return False


def _greet(settings: Settings, path: str | None) -> None:
    print(f"\n  知赛已启动：{settings.public_url}", flush=True)
    if path:
        print("  首次使用，请在7天内打开这个一次性链接，设置第一个管理员（再次启动会换一个新的）：", flush=True)
        print(f"  {settings.public_url}{path}", flush=True)
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


def _connections() -> int:
    """How many connections may be open at once; the system is asked to allow that many files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return max(1, allowed - OTHER_FILES)


def _serve(settings: Settings) -> None:
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
        workers_kill_timeout=10,
        blocking_threads=THREADS,
        backlog=1024,
        backpressure=_connections(),
        working_dir=Path(ROOT),
        log_access=False,
        log_level=LogLevels.error,
    )
    server.serve()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main())
