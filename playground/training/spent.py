"""What a run has spent: time, the processor's time, samples."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Spent:
    """Seconds of wall time and of the processor's, summed over all that is done for the first time.

    The processor's time is that of the whole process, so a loader's workers are in it.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.cpu_seconds = 0.0

    @contextmanager
    def working(self, counts: bool) -> Iterator[None]:
        """Count the time spent inside, where it `counts`."""
        began, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            if counts:
                self.seconds += time.perf_counter() - began
                self.cpu_seconds += time.process_time() - cpu
