"""Helpers: processes that share the work of one captured step, where several threads were asked for.

Threads would have to take turns for Python's lock between one numpy call and the next, which takes longer
than many of these calls. Helpers are copies of this process (fork) that hold the same calls on the same
memory, which is shared, and do nothing else: they wait, do tasks of the section they are told until none is
due, and say so. They end with the step, or with this process.

A section is cut into the same tasks however many do them, and no task needs what another one of it gives, so
the numbers do not depend on that. Who does a task is decided when it is due: where another program keeps a
helper from running, it holds up one task and not a share of them all.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import multiprocessing
import os
import signal
import sys
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from engine.ops.scratch import Call, perform
from engine.threads import products_alone, workers

Tasks = Sequence[Sequence[Sequence[Call]]]  # by helper, in memory of its own; then by task

_PATIENCE = 1e-3  # seconds to look again and again before going to sleep, from where it is far
_ALIVE = 1.0  # seconds after which to look whether a helper still lives
_DIE_WITH_PARENT = 1  # from sys/prctl.h


def can_share() -> bool:
    """Whether captured steps of now have helpers."""
    return workers() > 1 and sys.platform == "linux"


def memory(size: int) -> np.ndarray:
    """``size`` bytes, all 0, that helpers made later share with this process."""
    return np.frombuffer(mmap.mmap(-1, max(size, 1)), np.uint8)


class Crew:
    """This process and the helpers of one captured step."""

    def __init__(self) -> None:
        self.size = workers() if can_share() else 1
        self._sections: list[Tasks] = []
        self._owner = 0  # the process that has the helpers
        self._helpers: list[_Helper] = []

    def section(self, tasks: Tasks) -> list[Call]:
        """The tasks as calls: one that shares them, or simply all theirs."""
        if len(tasks) == 1:
            return [call for task in tasks[0] for call in task]
        self._sections.append(tasks)
        return [(self._share, (len(self._sections) - 1,))]

    def _share(self, number: int) -> None:
        if not self._owner:
            self._begin()
        if self._owner != os.getpid() or not self._helpers:
            perform(call for task in self._sections[number][0] for call in task)
            return
        self._due[:] = number, 0
        for helper in self._helpers:
            helper.go.release()
        self._work(0)
        if not all(helper.is_done() for helper in self._helpers):
            self._helpers = []  # somebody has ended them: from now on without, beginning with what they left
            self._share(number)

    def _begin(self) -> None:
        """Make the helpers, which know all sections there are."""
        context = multiprocessing.get_context("fork")
        self._owner = os.getpid()
        self._due = memory(16).view(np.int64)  # the number of the section, and of the next task
        self._turn = context.Lock()
        for place in range(1, self.size):
            helper = _Helper(context)
            helper.pid = os.fork()
            if not helper.pid:
                self._serve(place, helper)
            weakref.finalize(self, _end, helper.pid, self._owner)
            self._helpers.append(helper)

    def _work(self, place: int) -> None:
        """Do tasks until none is due."""
        due, turn = self._due, self._turn
        tasks = self._sections[due[0]][place]
        while True:
            with turn:
                number = int(due[1])
                due[1] = number + 1
            if number >= len(tasks):
                return
            for function, args in tasks[number]:
                function(*args)

    def _serve(self, place: int, helper: _Helper) -> None:
        """All that a helper does. It has this thread's way with denormal numbers, as every replay."""
        try:
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            if os.getppid() != self._owner:
                return
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the program's
            gc.disable()
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            products_alone()
            while True:
                _wait(helper.go)
                self._work(place)
                helper.done.release()
        finally:
            os._exit(0)  # nothing of the program's is to be tidied up here


class _Helper:
    """What this process and a helper say to each other by."""

    def __init__(self, context: Any) -> None:
        self.go, self.done = context.Semaphore(0), context.Semaphore(0)
        self.pid = 0

    def is_done(self) -> bool:
        """True once it says so; False if it has ended."""
        while not _wait(self.done, _ALIVE):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return False
        return True


def _wait(semaphore: Any, seconds: float | None = None) -> bool:
    """Wait to be let on: awake at first, then asleep, for so many seconds or as long as it takes."""
    until = time.perf_counter() + _PATIENCE
    while not semaphore.acquire(False):
        if time.perf_counter() > until:
            return bool(semaphore.acquire(True, seconds))
    return True


def _end(pid: int, owner: int) -> None:
    if os.getpid() == owner:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
