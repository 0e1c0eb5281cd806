"""The route that tries learning rates: it answers with a suggestion, and touches no run."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from playground.app import assemble, create_app
from playground.protocol.replies import ErrorReply, LearningRateReply
from playground.settings import Settings
from tests.playground.conftest import page_client

pytestmark = pytest.mark.xdist_group("learning rate")
ROUTE = "/api/experiments/learning-rate"


@pytest.fixture(scope="module")
def visitor() -> Iterator[FlaskClient]:
    services = assemble(Settings())
    yield page_client(create_app(services.settings, services))
    services.close()


@pytest.fixture
def preset(visitor: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = visitor.get("/api/catalog").json["datasets"][0]["preset"]
    return found


def test_it_suggests_a_rate_and_says_why(visitor: FlaskClient, preset: dict[str, Any]) -> None:
    answer = visitor.post(ROUTE, json=preset)
    assert answer.status_code == 200, answer.text
    found = LearningRateReply.model_validate_json(answer.data)
    assert found.suggestion is not None
    assert found.rates[0] < found.suggestion < found.rates[-1]
    assert f"{found.suggestion:g}" in found.reason


def test_a_run_that_is_there_stays_as_it_is(visitor: FlaskClient, preset: dict[str, Any]) -> None:
    start = {"experiment": preset, "request_id": "learning-rate", "play": False}
    run = visitor.post("/api/runs", json=start).json["run"]
    visitor.post(f"/api/runs/{run}/command", json={"do": "step_batch"})
    before = visitor.get(f"/api/runs/{run}/weights").data
    assert visitor.post(ROUTE, json=preset).status_code == 200
    assert visitor.get(f"/api/runs/{run}/weights").data == before


def test_what_cannot_play_is_refused_with_its_problems(
    visitor: FlaskClient, preset: dict[str, Any]
) -> None:
    preset["layers"][0]["type"] = "Conv3d"
    answer = visitor.post(ROUTE, json=preset)
    assert answer.status_code == 422
    assert ErrorReply.model_validate_json(answer.data).problems
