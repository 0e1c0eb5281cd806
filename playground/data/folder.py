"""A temporary folder that goes with its process; where that was killed, a later one removes it."""

import contextlib
import os
import shutil
import sys
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO

LOCK = "lock"


class Folder:
    """A new folder of this user alone, called `prefix…`. It goes with `remove`, or when the process exits.

    While the process lives it holds a lock in it; on Windows nothing says so, and what is left of a process
    that was killed stays.
    """

    def __init__(self, prefix: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        new = self.path / f"new {LOCK}"
        lock = new.open("wb")
        if _hold(lock):
            new.rename(self.path / LOCK)  # nobody can see it before it is held
        self._removal = weakref.finalize(self, _remove, self.path, lock)

    def remove(self) -> None:
        """Remove it and all that is in it."""
        self._removal()


def remove_abandoned(prefix: str) -> None:
    """Remove the folders of this user's processes that are gone. What has no lock is somebody else's."""
    for path in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with contextlib.suppress(OSError):  # not ours to read, or removed meanwhile
            if path.is_symlink() or not _is_ours(path):
                continue
            with (path / LOCK).open("rb") as lock:
                if _hold(lock):
                    shutil.rmtree(path, ignore_errors=True)


def _remove(path: Path, lock: BinaryIO) -> None:
    lock.close()
    shutil.rmtree(path, ignore_errors=True)


if sys.platform == "win32":

    def _is_ours(path: Path) -> bool:
        return False

    def _hold(lock: BinaryIO) -> bool:
        return False

else:
    import fcntl

    def _is_ours(path: Path) -> bool:
        return path.stat().st_uid == os.getuid()

    def _hold(lock: BinaryIO) -> bool:
        """Whether nobody else holds this lock; then we do, until it is closed or the process is gone."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
