"""The tensor workbench: statements over the engine's op registry, run in a worker process."""

import threading

from playground.jobs import Backend, JobFailed
from playground.protocol.replies import Problem, StatementOps, StatementsReply
from playground.protocol.requests import StatementsRequest
from playground.settings import Limits
from playground.workbench.palette import CREATION, OPS


class WorkbenchIsBusyError(Exception):
    """Others had all turns for as long as an evaluation may take."""


class Workbench:
    """Runs statements, a few requests at once. It keeps nothing: every request names all of them."""

    def __init__(self, backend: Backend, limits: Limits) -> None:
        self._backend = backend
        self._limits = limits
        self._turns = threading.BoundedSemaphore(limits.max_workbenches)

    def palette(self) -> StatementOps:
        """What a statement may say."""
        return StatementOps(
            creation=[each.facts() for each in CREATION.values()],
            ops=[each.facts() for each in OPS.values()],
        )

    def run(self, request: StatementsRequest) -> StatementsReply:
        """The tensors, and what went wrong at which statement, within the limits.

        Raises WorkbenchIsBusyError.
        """
        payload = {
            "request": request.model_dump_json(),  # an integer of any size travels as text
            "max_tensor_elements": self._limits.max_tensor_elements,
            "max_elements": self._limits.max_workbench_elements,
        }
        seconds = self._limits.max_workbench_seconds
        if not self._turns.acquire(timeout=seconds):
            raise WorkbenchIsBusyError
        try:
            result = self._backend.call("tensors", payload, seconds)
        except JobFailed as error:
            problem = Problem(where="statements", message=str(error))
            return StatementsReply(tensors=[], problems=[problem], script="")
        finally:
            self._turns.release()
        return StatementsReply.model_validate(result)
