"""Making the environment, as far as it must not go."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_linked_environment_is_refused_and_the_folder_behind_it_stays(tmp_path: Path):
    theirs, here = tmp_path / "theirs", tmp_path / "here"
    theirs.mkdir()
    (theirs / "kept.txt").write_text("kept")
    (here / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "setup.sh", here / "tools")
    (here / "requirements.txt").write_text("")
    (here / ".venv").symlink_to(theirs)
    done = subprocess.run(["sh", "tools/setup.sh", "run"], cwd=here, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith(".venv 是一个链接")
    assert [file.name for file in theirs.iterdir()] == ["kept.txt"]
