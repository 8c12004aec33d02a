"""Find the Chromium that the journeys drive, or install one.

Order: the browser that is installed, Debian's package (as root), Playwright's own download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PACKAGES = ("chromium", "fonts-noto-cjk")


def installed_browser() -> str | None:
    """The path of a Chromium on this machine, or None. The variable CHROMIUM names one that stands elsewhere."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright  # slow import, only when nothing else was found

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install() -> None:
    """Try Debian's package, then Playwright's download; whoever calls looks afterwards whether there is a browser."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        if subprocess.run(command, env=quiet, check=False).returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    if installed_browser() is None and not os.environ.get("CHROMIUM"):
        install()
    if installed_browser() is not None:
        return 0
    print(
        "没有可用的 Chromium：浏览器测试会被跳过。请安装 chromium 和 fonts-noto-cjk，或用变量 CHROMIUM 指明它的位置。\n"
        "No Chromium: the browser tests will be skipped. Install chromium and fonts-noto-cjk, or set CHROMIUM.",
        file=sys.stderr,
    )
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
