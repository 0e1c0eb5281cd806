"""What every route shares: bodies are read once and checked, and every failure is an `ErrorReply`."""

import json
import socket

import pytest
from flask import Blueprint, Flask, request
from flask.testing import FlaskClient
from pydantic import TypeAdapter

from playground.api import body, refuse, reply
from playground.guard import owner
from playground.protocol.replies import ErrorReply, Prediction
from playground.protocol.requests import AnyCommand, PredictRequest
from tests.playground.conftest import page_client

COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


@pytest.fixture
def app(app: Flask) -> Flask:
    """The app with routes that do what a blueprint may do."""
    probes = Blueprint("probes", __name__, url_prefix="/probe")

    @probes.post("/predict")
    def predict() -> object:
        rows = body(PredictRequest).inputs
        return reply(Prediction(step=0, outputs=[[float("nan"), *rows[0]]]))

    @probes.post("/command")
    def command() -> object:
        return {"do": body(COMMAND).do}

    @probes.get("/fails")
    def fails() -> object:
        raise RuntimeError("a secret path: /home/someone")

    @probes.get("/refuses")
    def refuses() -> object:
        refuse(409, "no", where="data/seed", fix="yes")

    @probes.get("/owner")
    def who() -> object:
        return {"owner": owner()}

    @probes.post("/file")
    def file() -> object:
        request.max_content_length = 2_000_000
        return {"size": len(request.get_data())}

    app.register_blueprint(probes)
    return app


def problems(answer: object) -> list[dict[str, object]]:
    reply = ErrorReply.model_validate_json(answer.data)
    assert reply.problems
    return [problem.model_dump() for problem in reply.problems]


def test_a_body_becomes_its_model(client: FlaskClient) -> None:
    answer = client.post("/probe/predict", json={"inputs": [[1, 2.5]]})
    assert answer.json["outputs"] == [[None, 1.0, 2.5]]


def test_numbers_that_json_has_no_word_for_are_sent_as_null(client: FlaskClient) -> None:
    answer = client.post("/probe/predict", json={"inputs": [[1]]})
    assert json.loads(answer.data, parse_constant=pytest.fail)["outputs"] == [[None, 1.0]]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_another_content_type_is_415(client: FlaskClient, kind: str) -> None:
    answer = client.post("/probe/predict", data='{"inputs": [[1]]}', content_type=kind)
    assert answer.status_code == 415
    assert "application/json" in problems(answer)[0]["message"]


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[" * 100_000, b'{"inputs": [[1]]} x', b"\xff\xfe", b'{"inputs": [["\\ud800"]]}', b"\x00"],
)
def test_what_is_no_json_is_400(client: FlaskClient, text: bytes) -> None:
    answer = client.post("/probe/predict", data=text, content_type="application/json")
    assert answer.status_code == 400
    assert problems(answer)


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"inputs": [[1, "x"]]}, "inputs/0/1"),
        ({"inputs": [[1, None]]}, "inputs/0/1"),
        ({"inputs": []}, "inputs"),
        ({}, "inputs"),
        ({"inputs": [[1]], "more": 1}, "more"),
        ([], ""),
        (7, ""),
        ("text", ""),
    ],
)
def test_a_wrong_field_is_422_at_its_path(client: FlaskClient, sent: object, where: str) -> None:
    answer = client.post("/probe/predict", json=sent)
    assert answer.status_code == 422
    assert where in [problem["where"] for problem in problems(answer)]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_not_finite_are_refused(client: FlaskClient, number: str) -> None:
    text = f'{{"inputs": [[{number}]]}}'
    answer = client.post("/probe/predict", data=text, content_type="application/json")
    assert answer.status_code == 422


def test_a_body_may_be_one_of_several_models(client: FlaskClient) -> None:
    assert client.post("/probe/command", json={"do": "set_lr", "lr": 0.1}).json == {"do": "set_lr"}
    assert client.post("/probe/command", json={"do": "explode"}).status_code == 422


def test_a_body_beyond_the_bound_is_413(client: FlaskClient) -> None:
    answer = client.post("/probe/predict", data=b" " * 1_200_000, content_type="application/json")
    assert answer.status_code == 413
    assert problems(answer)


def test_a_route_may_take_more(client: FlaskClient) -> None:
    assert client.post("/probe/file", data=b" " * 1_200_000).json == {"size": 1_200_000}


def test_what_is_not_there_is_404_and_a_wrong_method_405(client: FlaskClient) -> None:
    missing, wrong = client.get("/probe/nothing"), client.put("/probe/predict")
    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert problems(missing) and problems(wrong)
    assert "POST" in wrong.headers["Allow"]


def test_a_refusal_names_the_field_and_the_way_out(client: FlaskClient) -> None:
    answer = client.get("/probe/refuses")
    assert answer.status_code == 409
    assert problems(answer) == [{"where": "data/seed", "message": "no", "fix": "yes", "severity": "error"}]


def test_our_own_fault_is_logged_and_not_shown(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/probe/fails")
    assert answer.status_code == 500
    assert b"secret" not in answer.data and b"Traceback" not in answer.data
    assert problems(answer)
    assert "a secret path" in caplog.text


def test_two_sessions_are_two_owners(app: Flask, client: FlaskClient) -> None:
    one, again = client.get("/probe/owner").json, client.get("/probe/owner").json
    other = page_client(app).get("/probe/owner").json
    assert one == again != other
    assert len(one["owner"]) >= 16


def test_the_server_opens_no_connection_of_its_own(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data sets come with it, so nothing a page asks makes it fetch something."""
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it opened a connection"))
    for entry in client.get("/api/catalog").json["datasets"]:
        preset = entry["preset"]
        assert client.post("/api/experiments/check", json=preset).status_code == 200
        assert client.post("/api/data/preview", json={"data": preset["data"]}).status_code in (200, 422)


@pytest.mark.parametrize(
    "path", ["/static/%00", "/static/../pyproject.toml", "/static/%2e%2e/index.html", "/%ff"]
)
def test_strange_paths_are_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
