"""Temporary folders: gone with their process, however it ended, and never anybody else's."""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.data.files import PREFIX, Files
from playground.data.folder import Folder, remove_abandoned

BRING = """
from playground.data.files import Files
files = Files()
print(files.add("ann", "a.csv", b"x").path, flush=True)
"""
WAIT = "import time; time.sleep(60)"


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What lies in the folder for temporary files, which is an empty one here."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lambda: sorted(path.name for path in tmp_path.iterdir())


def killed() -> Path:
    """The folder of a process that was killed while a file lay in it."""
    with subprocess.Popen([sys.executable, "-c", BRING + WAIT], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip()).parent
        process.send_signal(signal.SIGKILL)
    return folder


def test_there_is_none_before_a_file_is_brought(left: Callable[[], list[str]]) -> None:
    files = Files()
    assert left() == []

    files.add("ann", "a.csv", b"x,y")
    assert len(left()) == 1
    files.close()
    assert left() == []


def test_a_process_that_exits_without_closing_leaves_none(left: Callable[[], list[str]]) -> None:
    subprocess.run([sys.executable, "-c", BRING], check=True, capture_output=True)

    assert left() == []


def test_one_of_a_killed_process_is_removed_at_the_next_start(left: Callable[[], list[str]]) -> None:
    folder = killed()
    assert left() == [folder.name]

    Files()
    assert left() == []


def test_those_of_living_processes_and_of_strangers_stay(left: Callable[[], list[str]]) -> None:
    living = Folder(PREFIX)
    strange = Path(tempfile.mkdtemp(prefix=PREFIX))
    elsewhere = Path(tempfile.mkdtemp(prefix="other-"))
    (elsewhere / "lock").touch()
    (elsewhere.parent / f"{PREFIX}link").symlink_to(elsewhere)
    before = left()

    remove_abandoned(PREFIX)

    assert left() == before
    assert living.path.exists() and strange.exists() and (elsewhere / "lock").exists()
