"""CSV files that people brought, named by their content; each session sees its own, and keeps a few."""

import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from playground.data.errors import DataError
from playground.data.folder import Folder, remove_abandoned

MAX_BYTES = 20_000_000
FILES_PER_OWNER = 8
TOTAL_BYTES = 1_000_000_000
PREFIX = "playground-files-"


@dataclass(frozen=True)
class StoredCsv:
    """A file that was brought: its name without folders, its size in bytes, where it lies."""

    name: str
    size: int
    sha256: str
    path: Path


class Files:
    """Keeps the newest files of each session, and of all sessions as many as fit; the oldest go first.

    They lie in a temporary folder, made for the first of them, that `close` removes. What servers that were
    killed have left is removed at the start. Safe to use from several threads.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, total_bytes: int = TOTAL_BYTES) -> None:
        self._folder: Folder | None = None
        self._max_bytes, self._total_bytes = max_bytes, total_bytes
        self._kept: OrderedDict[tuple[str, str], StoredCsv] = OrderedDict()
        self._lock = threading.Lock()
        remove_abandoned(PREFIX)

    def add(self, owner: str, name: str, content: bytes) -> StoredCsv:
        """Keep a file for a session. Raises DataError for one that is too large."""
        if len(content) > self._max_bytes:
            size, most = len(content) / 1e6, self._max_bytes / 1e6
            message = f"The file has {size:,.1f} MB; at most {most:,.0f} MB are possible here"
            raise DataError("data/csv", message, "leave out rows or columns")
        sha256 = hashlib.sha256(content).hexdigest()
        plain = re.split(r"[\\/]", name)[-1][:255] or "data.csv"
        with self._lock:
            self._folder = self._folder or Folder(PREFIX)
            path = self._folder.path / f"{sha256}.csv"
            if not path.exists():
                path.write_bytes(content)
            stored = StoredCsv(plain, len(content), sha256, path)
            self._kept[owner, sha256] = stored
            self._kept.move_to_end((owner, sha256))
            self._make_room(owner)
        return stored

    def get(self, owner: str, sha256: str) -> Path | None:
        """Where a session's file lies, if it is still here; using it keeps it longer."""
        with self._lock:
            stored = self._kept.get((owner, sha256))
            if stored is None:
                return None
            self._kept.move_to_end((owner, sha256))
            return stored.path

    def close(self) -> None:
        """Remove everything."""
        with self._lock:
            self._kept.clear()
            if self._folder is not None:
                self._folder.remove()
                self._folder = None

    def _make_room(self, owner: str) -> None:
        own = [key for key in self._kept if key[0] == owner]
        for key in own[:-FILES_PER_OWNER]:
            self._forget(key)
        while sum({s.sha256: s.size for s in self._kept.values()}.values()) > self._total_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: tuple[str, str]) -> None:
        """Drop a session's hold on a file, and the file with the last hold."""
        stored = self._kept.pop(key)
        if all(other.sha256 != stored.sha256 for other in self._kept.values()):
            stored.path.unlink(missing_ok=True)
