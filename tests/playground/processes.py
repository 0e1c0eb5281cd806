"""A playground of its own process: how it is started, asked, measured and ended."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import requests

START_SECONDS = 30
MODULE = (sys.executable, "-m", "playground")


class Playground:
    """`python -m playground` with a free port; a context manager that leaves no process behind."""

    def __init__(self, *arguments: str, command: tuple[str, ...] = MODULE) -> None:
        self.process = subprocess.Popen(
            [*command, "--no-browser", *(arguments or ("--port", "0"))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        )
        self.lines: list[str] = []
        self.address = self._wait_for_address()
        self.url = self.address.partition("?")[0].rstrip("/")

    def _wait_for_address(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            found = re.search(r"http://\S+", line)
            if found:
                return found[0]
        raise AssertionError(f"it ended with {self.process.wait()}: {''.join(self.lines)}")

    def session(self) -> requests.Session:
        """What a page has: the cookie, and the Origin of this server."""
        session = requests.Session()
        session.get(self.address, timeout=START_SECONDS)
        session.headers["Origin"] = self.url
        return session

    def tell(self, number: signal.Signals, seconds: float = 10) -> float:
        """Send a signal and wait for the end; how long it took, in seconds."""
        start = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(seconds)
        return time.monotonic() - start

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def peak_memory(pid: int) -> int:
    """The most memory the process has held, in bytes (Linux), or what it holds now (elsewhere)."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) * 1024
    return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)], text=True)) * 1024


def thread_count(pid: int) -> int:
    """How many threads the process has."""
    tasks = Path(f"/proc/{pid}/task")
    if tasks.exists():
        return len(list(tasks.iterdir()))
    return len(subprocess.check_output(["ps", "-M", str(pid)], text=True).splitlines()) - 1


def descendants(pid: int) -> set[int]:
    """The processes that `pid` started and that still run, theirs included."""
    parents = _parents()
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        new = {child for child, its_parent in parents.items() if its_parent == parent}
        found |= new
        waiting += new
    return found


def is_running(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    return pid in _parents()


def _parents() -> dict[int, int]:
    """Every running process and its parent."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid=,stat="], text=True).splitlines()
        rows = [line.split() for line in listed]
        return {int(pid): int(parent) for pid, parent, state in rows if state[0] != "Z"}
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    return parents
