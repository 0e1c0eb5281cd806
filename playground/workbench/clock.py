"""Two alarms of the processor's time, so that other work of the machine stops no program.

One stops a program inside an op that is many small steps; the other ends the process, for nothing else ends
numpy's work.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from playground.workbench.language.refusal import too_long

THERE = hasattr(signal, "setitimer")
"""Windows has no such alarms: there only the time between two ops is looked at."""

AGAIN_SECONDS = 0.1


def die_after(seconds: float) -> None:
    """This process ends after so many seconds of the processor, the system's own left out; never, with 0."""
    if THERE:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


@contextmanager
def stopping_after(seconds: float) -> Iterator[None]:
    """Inside, RefusedError is raised after so many seconds of the processor."""
    if not THERE or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise too_long(seconds)

    before = signal.signal(signal.SIGPROF, stop)
    # Again and again: where Python calls back (a finalizer, the garbage collector) an exception is lost.
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)
