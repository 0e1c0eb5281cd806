"""The Tensors workspace: PyTorch-like code run by an interpreter of our own, and all that is to see of it."""

import threading

from pydantic import BaseModel

from playground.jobs import Backend, JobFailed
from playground.settings import Limits

ALARM = 1.6
"""Seconds of the processor after which a worker that is busy with one op dies."""

SECONDS = 1.2
"""Seconds of the processor after which a program is stopped between two ops."""


class WorkbenchIsBusyError(Exception):
    """Others had all turns for as long as an evaluation may take."""


class WorkbenchFailedError(Exception):
    """There is no answer; the message says why."""


class Workbench:
    """Runs programs, a few requests at once. It keeps nothing: every request holds its whole program."""

    def __init__(self, backend: Backend, limits: Limits) -> None:
        self._backend = backend
        self._limits = limits
        self._turns = threading.BoundedSemaphore(limits.max_workbenches)

    def ask(self, kind: str, request: BaseModel | None = None) -> str:
        """The answer to a question of `worker.ANSWERS`, as JSON.

        Raises WorkbenchIsBusyError, and WorkbenchFailedError where a program used more than it may.
        """
        limits = self._limits
        payload = {
            "ask": kind,
            "request": "" if request is None else request.model_dump_json(),
            "alarm": ALARM,
            "bounds": {
                "max_tensor_elements": limits.max_tensor_elements,
                "max_elements": limits.max_workbench_elements,
                "max_parameters": limits.max_parameters,
                "seconds": SECONDS,
            },
        }
        seconds = limits.max_workbench_seconds
        if not self._turns.acquire(timeout=seconds):
            raise WorkbenchIsBusyError
        try:
            found = self._backend.call("tensors", payload, seconds)
        except JobFailed as error:
            raise WorkbenchFailedError(_in_words(str(error))) from None
        finally:
            self._turns.release()
        if "refused" in found:
            raise WorkbenchFailedError(found["refused"])
        return str(found["answer"])


def _in_words(error: str) -> str:
    if "SIGVTALRM" in error or "was ended after" in error:
        return f"One op of the program took longer than {ALARM:g} s, the most it may here."
    return error
