"""What bad files may leave behind: files where none belong, and processes that nobody waits for. Reads /proc."""

import os
import re
import tempfile
from pathlib import Path

from bench.served import ROOT
from tests.corpus.zip_lies import ESCAPED

_KEPT = re.compile(r"[0-9a-f]{64}")
_READER = b"app/sandbox.py"
_NOT_WALKED = {".venv", ".git", ".cache", "node_modules"}


def escaped(folder: Path) -> set[str]:
    """Every file outside `folder` whose name is the one that hostile archives try to write."""
    found = set[str]()
    common = Path(tempfile.gettempdir())
    for top in {ROOT, common, common if folder.is_relative_to(common) else folder.parent}:
        for path, folders, files in os.walk(top):
            folders[:] = [name for name in folders if name not in _NOT_WALKED and Path(path, name) != folder]
            found.update(str(Path(path, name)) for name in (*files, *folders) if ESCAPED in name)
    for place in (Path("/"), Path("/etc"), Path.home(), ROOT.parent, ROOT.parent.parent):
        found.update(str(path) for path in place.iterdir() if ESCAPED in path.name)
    return found


def found_in(instance: Path, scratch: Path, *, since: set[str]) -> list[str]:
    """What lies where it should not, after the server has stopped."""
    told = [f"a file escaped: {path}" for path in sorted(escaped(instance.parent) - since)]
    told += [f"left in the folder for temporary files: {path.name}" for path in scratch.iterdir()]
    told += [
        f"beside the instance: {path.name}" for path in instance.parent.iterdir() if path not in (instance, scratch)
    ]
    for path in (instance / "uploads").rglob("*"):
        if path.is_file() and not _KEPT.fullmatch(path.name):
            told.append(f"among the uploads: {path.relative_to(instance)}")
        told += [f"open to others: {path.relative_to(instance)}"] if path.stat().st_mode & 0o077 else []
    return told


def orphans() -> list[int]:
    """Reading processes whose parent is gone."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == 1 and _READER in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:  # it has just ended
            continue
    return found
