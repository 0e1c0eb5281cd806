"""The seam between the engine and ``engine.capture``: what runs is shown to a recording in progress.

The engine calls ``watcher()`` wherever it touches numbers, behind one test of ``watchers``, which nearly
always is empty. ``structure`` counts changes after which a captured step must look again at what it was
recorded with: modes, attributes and hooks of modules, ``requires_grad``, storage, parameter groups. The
options in those, which may change at every step, have a count of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import get_ident
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

watchers: dict[int, Any] = {}  # the recording in progress of each thread
structure = [0]
options = [0]


class Recording:
    """What is shown the work of the thread that made it, while it runs and is not paused."""

    def __init__(self) -> None:
        self.thread = get_ident()
        self.paused = 0
        self._outer: Any = None

    def __enter__(self) -> None:
        """Be shown what this thread does."""
        self._outer = watchers.get(self.thread)
        watchers[self.thread] = self

    def __exit__(self, *_: object) -> None:
        watchers.pop(self.thread)
        if self._outer is not None:
            watchers[self.thread] = self._outer

    def pause(self) -> _Pause:
        """See nothing of what happens inside ``with``."""
        return _Pause(self)


class _Pause:
    """A stretch of which a recording sees nothing; a class, for a generator takes longer."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def __enter__(self) -> None:
        self.recording.paused += 1

    def __exit__(self, *_: object) -> None:
        self.recording.paused -= 1


def watcher() -> Any:
    """The recording in progress in this thread, or None."""
    recording = watchers.get(get_ident())
    return None if recording is None or recording.paused else recording


def changed() -> None:
    """Say that something changed which captured steps take as given."""
    structure[0] += 1


def look_at_gradient(tensor: Any) -> None:
    """Say that what a tensor's gradient is, or that it has none, matters."""
    recording = watcher()
    if recording is not None and tensor._node is None:
        recording.look_at([tensor])


def look_through(tensor: Any) -> None:
    """Say that another tensor takes a tensor's memory, so that it matters which that is."""
    recording = watcher()
    if recording is not None:
        recording.look_through(tensor)


def refuse(reason: str) -> None:
    """Say that what happens now cannot be part of a captured step."""
    recording = watcher()
    if recording is not None:
        recording.refuse(reason)


def constant(array: Any, blank: bool = False) -> Any:
    """``array``, made from shapes and plain numbers only: the same at every replay.

    ``blank`` says that it is not filled yet, so that what is in it does not matter.
    """
    if watchers:
        recording = watcher()
        if recording is not None:
            recording.constant(array, blank)
    return array


def repeated(method: F) -> F:
    """Decorator for plain Python that belongs to a step, such as a scheduler's: replays call it too."""

    @wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        recording = watcher() if watchers else None
        if recording is None:
            return method(*args, **kwargs)
        with recording.pause():
            result = method(*args, **kwargs)
        recording.call(method, *args, *kwargs.values())
        return result

    return called  # type: ignore[return-value]
