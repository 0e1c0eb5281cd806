"""A worker process: one job after another, each a function named in the table of kinds.

Started by spawn. Memory is limited before numpy is imported, because OpenBLAS reserves at import; threads of
BLAS are one, because all cores collapse as soon as another process uses one of them.
"""

import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.jobs.channel import Channel

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def main(
    control: Connection,
    data: Connection,
    kinds: Mapping[str, str],
    warm_up: Sequence[str],
    memory: int | None,
) -> None:
    """Serve jobs until the control pipe closes. `memory` is in bytes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server decides
    _limit_memory(memory)
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))

    from playground.jobs.channel import Channel  # imports numpy: only now

    channel = Channel(control, data)
    channel.write("ready", os.getpid())
    for module in warm_up:
        if not channel.pending:
            importlib.import_module(module)
    while True:
        message = channel.receive()
        if isinstance(message, list):  # else it was said to a job that had ended by then
            kind, payload = message
            _serve(kinds[kind], payload, channel)


def _limit_memory(memory: int | None) -> None:
    if memory is None or sys.platform in ("win32", "darwin"):
        return  # Windows has no such limit, and macOS accepts it without keeping it
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        memory = min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (memory, hard))


def _serve(where: str, payload: Any, channel: "Channel") -> None:
    """Run one job. Whatever it raises is told in its own words; the traceback stays on our side."""
    from threadpoolctl import threadpool_limits

    try:
        module, name = where.split(":")
        function = getattr(importlib.import_module(module), name)
        with threadpool_limits(1):
            result = function(payload, channel)
    except MemoryError:
        channel.write("error", "It needed more memory than a worker may use.")
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        channel.write("error", str(error) or type(error).__name__)
    else:
        channel.write("result", result)
