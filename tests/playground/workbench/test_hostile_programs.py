"""No program gets out, fills memory or runs on: each is stopped with a reason, at once."""

import pytest
from flask.testing import FlaskClient

from playground.workbench.program import Bounds, Program
from tests.playground.workbench.attempts import programs

BOUNDS = Bounds(10_000_000, 40_000_000, 5_000_000, seconds=1.2)
ATTEMPTS = programs()


@pytest.mark.parametrize("name", ATTEMPTS, ids=lambda name: name[:60])
def test_an_attempt_is_stopped_with_a_reason(name: str) -> None:
    problems = [each for each in Program(ATTEMPTS[name], BOUNDS).start().problems if each.severity == "error"]
    assert len(problems) == 1
    assert problems[0].message
    assert problems[0].line >= 1


def test_one_op_that_never_ends_is_killed_and_the_next_program_runs(client: FlaskClient) -> None:
    endless = "import torch\nx = torch.rand(10**7)\n" + "x.sort()\n" * 3
    answer = client.post("/api/tensors", json={"code": endless})
    stopped = answer.status_code == 422 or answer.json["problems"]
    assert stopped
    after = client.post("/api/tensors", json={"code": "import torch\nx = torch.ones(2)"})
    assert (after.status_code, after.json["problems"]) == (200, [])


def test_the_longest_reply_is_bounded(client: FlaskClient) -> None:
    code = "import torch\nx = torch.rand(60, 60, requires_grad=True)\n" + "".join(
        f"x{i} = (x * {i} + 1).relu()\n" for i in range(800)
    )
    answer = client.post("/api/tensors", json={"code": code})
    assert len(answer.data) < 350_000
    assert answer.json["notes"]
