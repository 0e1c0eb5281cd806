"""A session sees only its own runs and files: whatever takes a run's id asks whose it is."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import socketio
from flask import Flask
from flask.testing import FlaskClient

from playground.app import assemble, create_app
from playground.settings import Settings
from tests.playground.conftest import page_client
from tests.playground.processes import Playground

pytestmark = pytest.mark.xdist_group("ownership")
BODIES: dict[str, Any] = {
    "command": {"do": "pause"},
    "predict": {"inputs": [[0.0, 0.0]]},
    "sample": {"index": 0},
    "inspect": {"what": "batch"},
}
TABLE = b"length,kind\n" + b"1.5,a\n2.5,b\n" * 20


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    services = assemble(Settings())
    yield create_app(services.settings, services)
    services.close()


@pytest.fixture(scope="module")
def mine(app: Flask) -> FlaskClient:
    return page_client(app)


@pytest.fixture(scope="module")
def run(mine: FlaskClient) -> str:
    preset = mine.get("/api/catalog").json["datasets"][0]["preset"]
    start = {"experiment": preset, "request_id": uuid.uuid4().hex, "play": False}
    answer = mine.post("/api/runs", json=start)
    assert answer.status_code == 200, answer.text
    return str(answer.json["run"])


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return page_client(app)


def with_run(app: Flask, run: str) -> list[tuple[str, str]]:
    """Every method and address that takes a run, also one that is added tomorrow."""
    return [
        (method, rule.rule.replace("<run>", run))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if "run" in rule.arguments
    ]


def test_ids_cannot_be_guessed(run: str) -> None:
    assert len(run) >= 22


def test_somebody_elses_run_is_not_there_on_any_route(app: Flask, run: str, stranger: FlaskClient) -> None:
    routes = with_run(app, run)
    assert len(routes) >= 7
    for method, address in routes:
        answer = stranger.open(address, method=method, json=BODIES.get(address.rpartition("/")[2], {}))
        assert answer.status_code == 404, (method, address)
        assert run not in answer.text or address in answer.text


def test_my_own_is_there(run: str, mine: FlaskClient) -> None:
    assert mine.get(f"/api/runs/{run}").json["run"] == run


def test_somebody_elses_run_cannot_be_exported(run: str, mine: FlaskClient, stranger: FlaskClient) -> None:
    request = {"experiment": mine.get(f"/api/runs/{run}").json["experiment"], "flavour": "torch", "run": run}
    assert stranger.post("/api/exports/script", json=request).status_code == 404
    assert mine.post("/api/exports/script", json=request).status_code == 200


def test_somebody_elses_run_cannot_be_replaced(run: str, mine: FlaskClient, stranger: FlaskClient) -> None:
    experiment = mine.get(f"/api/runs/{run}").json["experiment"]
    start = {"experiment": experiment, "request_id": uuid.uuid4().hex, "play": False, "replaces": run}
    answer = stranger.post("/api/runs", json=start)
    assert answer.status_code in (200, 404)
    assert mine.get(f"/api/runs/{run}").json["state"] in ("starting", "paused")


def test_somebody_elses_runs_are_not_in_my_list(run: str, mine: FlaskClient, stranger: FlaskClient) -> None:
    assert [listed["run"] for listed in mine.get("/api/runs").json["runs"]] == [run]
    assert stranger.get("/api/runs").json["runs"] == []


def test_somebody_elses_run_cannot_be_branched_from(
    run: str, mine: FlaskClient, stranger: FlaskClient
) -> None:
    experiment = mine.get(f"/api/runs/{run}").json["experiment"]
    branch = {"step": 0, "experiment": experiment, "request_id": uuid.uuid4().hex}
    assert stranger.post(f"/api/runs/{run}/branch", json=branch).status_code == 404


def test_somebody_elses_run_cannot_be_watched() -> None:
    with Playground() as playground:
        mine, other = playground.session(), playground.session()
        preset = mine.get(f"{playground.url}/api/catalog", timeout=30).json()["datasets"][0]["preset"]
        start = {"experiment": preset, "request_id": uuid.uuid4().hex, "play": False}
        run = mine.post(f"{playground.url}/api/runs", json=start, timeout=30).json()["run"]
        assert subscribed(playground, other, run)["problems"]
        assert subscribed(playground, mine, run) is None


def subscribed(playground: Playground, session: requests.Session, run: str) -> Any:
    """What the server acknowledges a subscription of this session with."""
    with socketio.SimpleClient(http_session=session) as client:
        client.connect(playground.url, transports=["websocket"], headers={"Origin": playground.url})
        return client.call("subscribe", {"run": run}, timeout=10)


def test_somebody_elses_file_is_not_there(mine: FlaskClient, stranger: FlaskClient) -> None:
    preset = mine.post("/api/data/csv?name=a.csv", data=TABLE, content_type="text/csv").json["preset"]
    assert mine.post("/api/data/preview", json={"data": preset["data"]}).status_code == 200
    assert stranger.post("/api/data/preview", json={"data": preset["data"]}).status_code == 422
