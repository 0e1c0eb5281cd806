"""The tensor workbench: statements over the engine's op registry, run in a worker process."""

from playground.jobs import Backend, JobFailed
from playground.protocol.replies import Problem, TensorOps, TensorsReply
from playground.protocol.requests import TensorsRequest
from playground.settings import Limits
from playground.workbench.palette import CREATION, OPS


class Workbench:
    """Runs statements. It keeps nothing: every request names all of them."""

    def __init__(self, backend: Backend, limits: Limits) -> None:
        self._backend = backend
        self._limits = limits

    def palette(self) -> TensorOps:
        """What a statement may say."""
        return TensorOps(
            creation=[each.facts() for each in CREATION.values()],
            ops=[each.facts() for each in OPS.values()],
        )

    def run(self, request: TensorsRequest) -> TensorsReply:
        """The tensors, and what went wrong at which statement. Never longer than the limits allow."""
        payload = {
            "request": request.model_dump(),
            "max_tensor_elements": self._limits.max_tensor_elements,
            "max_elements": self._limits.max_workbench_elements,
        }
        try:
            result = self._backend.call("tensors", payload, self._limits.max_workbench_seconds)
        except JobFailed as error:
            problem = Problem(where="statements", message=str(error))
            return TensorsReply(tensors=[], problems=[problem], script="")
        return TensorsReply.model_validate(result)
