"""Helpers: processes that share the work of one captured step, where several threads were asked for.

Threads would have to take turns for Python's lock between one numpy call and the next, which takes longer
than many of these calls. Helpers are copies of this process (fork) that hold the same calls on the same
memory, which is shared, and do nothing else: they wait, do tasks of the section they are told until none is
due, and say so. They end with the step, or with this process.

A section is cut into the same tasks however many do them, and no task needs what another one of it gives, so
the numbers do not depend on that. Who does a task is decided when it is due: where another program keeps a
helper from running, it holds up one task and not a share of them all. Where sharing takes longer than doing
all alone, as on a machine with more programs at work than cores, it is left for a while.
"""

from __future__ import annotations

import ctypes
import gc
import math
import mmap
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
_ENOUGH = 0.01  # seconds won or lost by sharing that say whether it is any good
_SHORTEST, _LONGEST = 100, 10_000  # sections done alone before the helpers are tried again
_ALIVE = 1.0  # seconds after which to look whether a helper still lives
_DIE_WITH_PARENT = 1  # from sys/prctl.h


def can_share() -> bool:
    """Whether captured steps of now have helpers."""
    return workers() > 1 and sys.platform == "linux"


def memory(size: int) -> np.ndarray:
    """``size`` bytes, all 0, that helpers made later share with this process."""
    return np.frombuffer(mmap.mmap(-1, max(size, 1)), np.uint8)


class _Section:
    """Tasks, and how long this process takes for them all."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self.begins = 2  # times yet to be done alone, for the time
        self.alone = math.inf  # seconds

    def do(self) -> None:
        """All tasks."""
        start = time.perf_counter()
        perform(call for task in self.tasks[0] for call in task)
        self.alone = min(self.alone, time.perf_counter() - start)


class Crew:
    """This process and the helpers of one captured step."""

    def __init__(self) -> None:
        self.size = workers() if can_share() else 1
        self._sections: list[_Section] = []
        self._owner = 0  # the process that has the helpers
        self._helpers: list[int] = []  # their numbers as processes
        self._rest = self._pause = 0  # sections that are done alone: from now on, and when next in need
        self._won = 0.0  # seconds, by sharing

    def section(self, tasks: Tasks) -> list[Call]:
        """The tasks as calls: one that shares them, or simply all theirs."""
        if len(tasks) == 1:
            return [call for task in tasks[0] for call in task]
        self._sections.append(_Section(tasks))
        return [(self._do, (len(self._sections) - 1,))]

    def _do(self, number: int) -> None:
        """Do a section: alone at first, shared from then on, as long as that takes less time."""
        section = self._sections[number]
        if self._rest or section.begins:
            self._rest -= self._rest > 0
            section.begins -= section.begins > 0
            section.do()
            return
        start = time.perf_counter()
        if not self._share(number):
            section.do()
        self._won = min(self._won + section.alone - (time.perf_counter() - start), _ENOUGH)
        if self._won == _ENOUGH:
            self._pause = 0
        elif self._won < -_ENOUGH:  # other programs keep helpers from running: look more and more rarely
            self._pause = self._rest = min(2 * self._pause + _SHORTEST, _LONGEST)
            self._won = 0.0

    def _share(self, number: int) -> bool:
        """Have the helpers do a section too; False if there are none, and it is still to be done."""
        if not self._owner:
            self._begin()
        if self._owner != os.getpid() or not self._helpers:
            return False
        try:
            return self._together(number)
        except BaseException:  # such as KeyboardInterrupt: nobody must go on with what is left
            self._dismiss()
            self._owner = 0
            raise

    def _together(self, number: int) -> bool:
        with self._turn:
            self._due[:] = number, 0, 0
        for go in self._go:
            if not go.get_value():
                go.release()
        # Nobody waits for a helper that did not come: only for tasks that somebody has begun.
        while not self._work(0) and not _wait(self._done, _ALIVE):
            if any(os.waitpid(pid, os.WNOHANG)[0] for pid in self._helpers):
                self._dismiss()
                return False
        return True

    def _dismiss(self) -> None:
        for pid in self._helpers:
            _end(pid, self._owner)
        self._helpers = []

    def _begin(self) -> None:
        """Make the helpers, which know all sections there are."""
        from multiprocessing import get_context  # takes long to import, and most programs have no helpers

        context = get_context("fork")
        self._owner = os.getpid()
        self._due = memory(24).view(np.int64)  # the section, its next task, and how many are done
        self._turn, self._done = context.Lock(), context.Semaphore(0)
        self._go = [context.Semaphore(0) for _ in range(self.size - 1)]
        for place, go in enumerate(self._go, 1):
            pid = os.fork()
            if not pid:
                self._serve(place, go)
            weakref.finalize(self, _end, pid, self._owner)
            self._helpers.append(pid)

    def _work(self, place: int) -> bool:
        """Do tasks until none is due; whether it was this process that completed them."""
        due, turn, done = self._due, self._turn, 0
        while True:
            with turn:
                due[2] += done
                section, number, finished = due.tolist()
                tasks = self._sections[section].tasks[place]
                if number >= len(tasks):
                    return bool(done and finished == len(tasks))
                due[1] = number + 1
            for function, args in tasks[number]:
                function(*args)
            done = 1

    def _serve(self, place: int, go: Any) -> None:
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
                _wait(go)
                if self._work(place):
                    self._done.release()
        finally:
            os._exit(0)  # nothing of the program's is to be tidied up here


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
