"""A person's way through the pages: the real server, a real browser, two sizes of screen.

Every page opened here fails its test when it logs an error, when the server answers 500, when a file of the page is
missing, or when anything is asked of another host.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from app import create_app
from config import Settings
from tests.journeys.steps import SCREENS
from tests.journeys.town import Town, build_town
from tools.find_browser import installed_browser

ROOT = Path(__file__).resolve().parent.parent.parent
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A refused form and a pulled cable are part of the story; a lost script or picture is not, see _look_at_response.
EXPECTED_ERRORS = re.compile(r"status of 4\d\d|net::ERR_(INTERNET_DISCONNECTED|ABORTED|CONNECTION_RESET)")
PATIENCE_MS = 15_000  # nothing waits that long but a machine with too much to do
PARTS_OF_A_PAGE = {"script", "stylesheet", "image", "font", "manifest"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@dataclass(frozen=True)
class LiveServer:
    """The site as it is served to people, and the settings to reach its database from the test."""

    url: str
    settings: Settings
    log: Path


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """run.py on a free port of this machine, on a new SQLite with the shipped content; one for each file of tests."""
    instance = tmp_path_factory.mktemp("instance")
    port = _free_port()
    own = {"INSTANCE_DIR": str(instance), "HOST": "127.0.0.1", "PORT": str(port)}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    log = instance / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=ROOT,
            env={**kept, **own, "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, url, log)
        yield LiveServer(url, Settings.from_environment({**own}), log)
    finally:
        _stop(process)


@pytest.fixture(scope="module")
def live_app(live_server: LiveServer) -> Flask:
    """The same installation inside the test, to arrange things through operations and to look at what was stored."""
    return create_app(live_server.settings)


@pytest.fixture(scope="module")
def town(live_app: Flask, live_server: LiveServer) -> Town:
    """The small city of the factories on the served site, now; a paper there has items of all four kinds."""
    return build_town(live_app, live_server.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine. Without one the journeys are skipped with a reason, and fail where CI is true."""
    path = installed_browser()
    if path is None:
        reason = "no Chromium on this machine: `make test` says how to get one"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=SWITCHES)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Open a new person's browser: `open_page("phone")`. Options go to Playwright's new_context."""
    watches: list[_Watch] = []

    def open_(screen: str = "desktop", **options: Any) -> Page:
        defaults = {"base_url": live_server.url, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
        context = browser.new_context(**{**defaults, **SCREENS[screen], **options})
        context.set_default_timeout(PATIENCE_MS)
        watches.append(_Watch(context, live_server.url))
        return context.new_page()

    yield open_
    for watch in watches:
        watch.context.close()
    assert [fault for watch in watches for fault in watch.faults] == []


@pytest.fixture
def desktop(open_page: OpenPage) -> Page:
    """A page on an office PC, 1366 by 768."""
    return open_page("desktop")


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A page on a phone, 390 by 844, with touch."""
    return open_page("phone")


@pytest.fixture(params=sorted(SCREENS))
def page(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    """A page on each of the two, one test after the other."""
    return open_page(request.param)


@pytest.fixture
def barriers() -> Callable[[Page], list[str]]:
    """What keeps people with a screen reader or weak sight from using the page, in axe's words; empty is good."""

    axe = Axe()

    def look(page: Page) -> list[str]:
        if page.evaluate("typeof axe === 'undefined'"):
            page.evaluate(axe.axe_script)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
        return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]

    return look


@dataclass
class _Watch:
    """Notes what a browser complains of."""

    context: BrowserContext
    url: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("console", self._look_at_console)
        self.context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        self.context.on("request", self._look_at_request)
        self.context.on("response", self._look_at_response)

    def _look_at_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED_ERRORS.search(message.text):
            self.faults.append(f"console: {message.text}")

    def _look_at_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and f"{parts.scheme}://{parts.netloc}" != self.url:
            self.faults.append(f"another host: {request.url}")

    def _look_at_response(self, response: Response) -> None:
        least = 400 if response.request.resource_type in PARTS_OF_A_PAGE else 500
        if response.status >= least:
            self.faults.append(f"{response.status}: {response.url}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(600):
        try:
            process.wait(timeout=0.1)  # the only way to lose patience early is that it has ended
        except subprocess.TimeoutExpired:
            if _answers(url):
                return
        else:
            break
    pytest.fail(f"run.py did not serve {url}:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and whatever it started: its process group is its own."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
