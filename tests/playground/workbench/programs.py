"""Programs run without a server, and what tests ask of them."""

from playground.protocol.tensors import Call, CodeProblem, TensorCard, TensorsReply
from playground.workbench import worker
from playground.workbench.program import Bounds, Program

BOUNDS = Bounds(10_000_000, 40_000_000, 5_000_000, seconds=5.0)
HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def run(code: str) -> Program:
    """A program, run as far as it goes."""
    return Program(code, BOUNDS).start()


def reply(code: str, **request: object) -> TensorsReply:
    """The whole picture of a program."""
    asked = worker.asked.TensorsRequest.model_validate({"code": code, **request})
    return TensorsReply.model_validate_json(worker.run(asked.model_dump_json(), BOUNDS))


def error(code: str) -> CodeProblem:
    """What stopped a program."""
    found = [problem for problem in run(code).problems if problem.severity == "error"]
    assert len(found) == 1, found
    return found[0]


def card(told: TensorsReply, name: str) -> TensorCard:
    """The card of a name."""
    return next(each for each in told.tensors if each.name == name)


def last(told: TensorsReply, op: str) -> Call:
    """The last call of an op."""
    return next(each for each in reversed(told.calls) if each.op == op)
