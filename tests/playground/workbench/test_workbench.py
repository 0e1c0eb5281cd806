"""The workbench through its route: in a worker, with an end, a few at once."""

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient

from playground.jobs import JobFailed, TimedOut
from playground.protocol.replies import StatementOps, StatementsReply
from playground.protocol.requests import StatementsRequest
from playground.settings import Limits
from playground.workbench import Workbench, WorkbenchIsBusyError

REQUEST = StatementsRequest.model_validate({"statements": [{"name": "a", "op": "ones", "shape": [2]}]})
EMPTY = {"tensors": [], "problems": [], "script": ""}


class Backend:
    """Stands in for the processes: a call does what the test says."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def call(self, kind: str, payload: dict[str, Any], seconds: float) -> Any:
        assert kind == "tensors"
        return self.answer()


def test_statements_run_in_a_worker_and_come_back_with_numbers(client: FlaskClient) -> None:
    statements = [
        {"name": "a", "op": "tensor", "values": "[1., 2.]", "requires_grad": True},
        {"name": "b", "op": "sum", "inputs": ["a"]},
    ]
    answer = client.post("/api/tensors", json={"statements": statements, "backward": "b"})
    found = StatementsReply.model_validate_json(answer.data)
    assert found.problems == []
    assert found.tensors[0].grad == [1, 1]


def test_what_is_wrong_is_an_answer_and_no_error(client: FlaskClient) -> None:
    answer = client.post("/api/tensors", json={"statements": [{"name": "a", "op": "zeros"}]})
    assert answer.status_code == 200
    assert answer.json["problems"][0]["where"] == "statements/0/shape"


def test_an_integer_of_any_size_is_answered_in_words(client: FlaskClient) -> None:
    statement = {"name": "a", "op": "ones", "shape": [1], "dim": -(2**70)}
    assert client.post("/api/tensors", json={"statements": [statement]}).status_code == 200


def test_the_palette_says_what_each_op_takes(client: FlaskClient) -> None:
    palette = StatementOps.model_validate_json(client.get("/api/tensors/ops").data)
    ops = {each.name: each for each in palette.ops}
    assert (ops["add"].least_inputs, ops["add"].most_inputs, ops["add"].values_help) == (1, 2, "a number")
    assert ops["sum"].takes == ["dim", "keepdim"] and ops["sum"].needs == []
    assert ops["transpose"].values_help == "dim0, dim1"
    assert ops["cumsum"].needs == ["dim"]
    assert {"tensor", "zeros", "ones", "rand", "randn"} <= {each.name for each in palette.creation}


@pytest.mark.parametrize("error", [TimedOut("It took longer than 10 s."), JobFailed("It was killed.")])
def test_a_worker_that_does_not_answer_is_said_in_words(error: JobFailed) -> None:
    def fail() -> None:
        raise error

    reply = Workbench(Backend(fail), Limits()).run(REQUEST)
    assert [(problem.where, problem.message) for problem in reply.problems] == [("statements", str(error))]


def test_when_all_turns_are_taken_the_next_is_refused_after_a_while() -> None:
    free = threading.Event()
    started = threading.Barrier(3)

    def wait() -> dict[str, Any]:
        started.wait(10)
        free.wait(10)
        return EMPTY

    workbench = Workbench(Backend(wait), Limits(max_workbenches=2, max_workbench_seconds=0.05))
    threads = [threading.Thread(target=workbench.run, args=(REQUEST,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    started.wait(10)
    with pytest.raises(WorkbenchIsBusyError):
        workbench.run(REQUEST)
    free.set()
    for thread in threads:
        thread.join(10)


def test_a_turn_is_given_back_also_after_a_failure() -> None:
    def fail() -> None:
        raise JobFailed("no")

    workbench = Workbench(Backend(fail), Limits(max_workbenches=1, max_workbench_seconds=0.05))
    for _ in range(3):
        assert workbench.run(REQUEST).problems
