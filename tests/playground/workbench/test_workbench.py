"""The workbench through its routes: in a worker, with an end, a few at once."""

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient

from playground.jobs import JobFailed, TimedOut
from playground.protocol.replies import CsvReply
from playground.protocol.tensor_requests import TensorsRequest
from playground.protocol.tensors import ExplainReply, FitReply, TensorOps, TensorsReply, VjpReply
from playground.settings import Limits
from playground.workbench import Workbench, WorkbenchFailedError, WorkbenchIsBusyError

CODE = """import torch
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
y = torch.tensor([1., 0.])
s = (x @ y).sum()
s.backward()
"""


class Backend:
    """Stands in for the processes: a call does what the test says."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def call(self, kind: str, payload: dict[str, Any], seconds: float) -> Any:
        assert kind == "tensors"
        return self.answer()


def test_a_program_runs_in_a_worker_and_comes_back_with_cards(client: FlaskClient) -> None:
    answer = client.post("/api/tensors", json={"code": CODE})
    found = TensorsReply.model_validate_json(answer.data)
    assert found.problems == []
    assert found.tensors[0].grad.value == [[1, 0], [1, 0]]
    assert found.tape.ran


def test_questions_about_a_program_are_answered(client: FlaskClient) -> None:
    explained = client.post("/api/tensors/explain", json={"code": CODE, "call": 2, "element": [1]})
    assert "3·1 + 4·0 = 3" in ExplainReply.model_validate_json(explained.data).arithmetic
    node = client.post("/api/tensors/vjp", json={"code": CODE, "node": 0})
    assert VjpReply.model_validate_json(node.data).name == "SumBackward0"
    fit = FitReply.model_validate_json(
        client.post("/api/tensors/fit", json={"code": CODE, "names": ["x", "y"]}).data
    )
    assert {op.name: op.fits for op in fit.ops}.items() >= {"add": True, "mv": True, "mm": False}.items()
    assert TensorOps.model_validate_json(client.get("/api/tensors/ops").data).groups


def test_a_pair_of_tensors_becomes_a_csv_of_the_session(client: FlaskClient) -> None:
    code = "import torch\nx = torch.randn(30, 2)\ny = x.sum(1) * 1.5"
    answer = client.post("/api/tensors/data", json={"code": code, "x": "x", "y": "y"})
    found = CsvReply.model_validate_json(answer.data)
    assert ([column.name for column in found.columns], found.target) == (["x0", "x1", "y"], "y")
    preview = client.post("/api/data/preview", json={"data": found.preset.model_dump()["data"]})
    assert preview.json["facts"]["features"] == ["x0", "x1"]


@pytest.mark.parametrize(
    ("route", "question", "said"),
    [
        ("explain", {"call": 99, "element": []}, "no call 99"),
        ("explain", {"call": 0, "element": [7, 7]}, "no element"),
        ("vjp", {"node": 99}, "no node 99"),
        ("fit", {"names": ["nothing"]}, "no tensor nothing"),
        ("data", {"x": "x", "y": "s"}, "(N, features)"),
    ],
)
def test_a_question_about_what_is_not_there_is_refused(
    client: FlaskClient, route: str, question: dict[str, Any], said: str
) -> None:
    answer = client.post(f"/api/tensors/{route}", json={"code": CODE, **question})
    assert answer.status_code == 422
    assert said in answer.json["problems"][0]["message"]


@pytest.mark.parametrize("error", [TimedOut("It took longer than 10 s."), JobFailed("It was killed.")])
def test_a_worker_that_does_not_answer_is_said_in_words(error: JobFailed) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(WorkbenchFailedError, match=str(error)):
        Workbench(Backend(fail), Limits()).ask("run", TensorsRequest(code=""))


def test_when_all_turns_are_taken_the_next_is_refused_after_a_while() -> None:
    free = threading.Event()
    started = threading.Barrier(3)

    def wait() -> dict[str, Any]:
        started.wait(10)
        free.wait(10)
        return {"answer": "{}"}

    workbench = Workbench(Backend(wait), Limits(max_workbenches=2, max_workbench_seconds=0.05))
    others = [threading.Thread(target=workbench.ask, args=("ops",)) for _ in range(2)]
    for other in others:
        other.start()
    started.wait(10)
    try:
        with pytest.raises(WorkbenchIsBusyError):
            workbench.ask("ops")
    finally:
        free.set()
        for other in others:
            other.join()
    started.reset()
