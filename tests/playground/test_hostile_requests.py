"""Nothing a client can send is answered with a 5xx: the requests of a page, with one thing in them wrong."""

import copy
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.app import assemble, create_app
from playground.protocol.replies import ErrorReply
from playground.settings import Settings
from tests.playground.conftest import page_client

WRONG: list[Any] = [
    None, True, -1, 0, 1.5, 2**31, 2**63, -(2**70), 1e308, "", "x", "nan", "\x00", "é" * 300, "__class__",
    "../../etc/passwd", [], [[]], {}, {"type": "Linear"}, [None], [1, "x"], "9" * 5000,
]  # fmt: skip

STATEMENTS = [
    {"name": "a", "op": "tensor", "values": "[[1., 2.]]", "requires_grad": True},
    {"name": "b", "op": "randn", "shape": [2, 3], "seed": 1, "dtype": "float32"},
    {"name": "c", "op": "matmul", "inputs": ["a", "b"]},
    {"name": "d", "op": "sum", "inputs": ["c"], "dim": 1, "keepdim": True},
]


@pytest.fixture(scope="module")
def visitor() -> Iterator[FlaskClient]:
    services = assemble(Settings())
    yield page_client(create_app(services.settings, services))
    services.close()


@pytest.fixture(scope="module")
def presets(visitor: FlaskClient) -> list[dict[str, Any]]:
    return [entry["preset"] for entry in visitor.get("/api/catalog").json["datasets"]]


@pytest.fixture(scope="module")
def paused(visitor: FlaskClient, presets: list[dict[str, Any]]) -> str:
    """A run of this visitor that has made no step."""
    start = {"experiment": presets[0], "request_id": "a" * 31, "play": False}
    run = str(visitor.post("/api/runs", json=start).json["run"])
    deadline = time.monotonic() + 20
    while visitor.get(f"/api/runs/{run}").json["state"] == "starting":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return run


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every part of a JSON value, the whole last."""
    children = enumerate(value) if isinstance(value, list) else ()
    for key, child in value.items() if isinstance(value, dict) else children:
        yield from places(child, (*path, key))
    yield path


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = copy.deepcopy(value)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = new
    return changed


def send(visitor: FlaskClient, route: str, body: Any) -> None:
    answer = visitor.post(route, data=json.dumps(body), content_type="application/json")
    assert answer.status_code < 500, (route, body)
    if answer.status_code >= 400:
        assert ErrorReply.model_validate_json(answer.data).problems


many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@many
@given(data=st.data())
def test_an_experiment_with_one_wrong_part(
    visitor: FlaskClient, presets: list[dict[str, Any]], data: st.DataObject
) -> None:
    preset = data.draw(st.sampled_from(presets))
    path = data.draw(st.sampled_from(list(places(preset))))
    wrong = replaced(preset, path, data.draw(st.sampled_from(WRONG)))
    send(visitor, "/api/experiments/check", wrong)
    send(visitor, "/api/exports/script", {"experiment": wrong, "flavour": "torch"})
    send(visitor, "/api/data/preview", {"data": wrong.get("data") if isinstance(wrong, dict) else wrong})


@many
@given(data=st.data())
def test_statements_with_one_wrong_part(visitor: FlaskClient, data: st.DataObject) -> None:
    request = {"statements": STATEMENTS, "backward": "c"}
    path = data.draw(st.sampled_from(list(places(request))))
    send(visitor, "/api/tensors", replaced(request, path, data.draw(st.sampled_from(WRONG))))


@many
@given(data=st.data())
def test_a_branch_or_a_race_with_one_wrong_part(
    visitor: FlaskClient, presets: list[dict[str, Any]], paused: str, data: st.DataObject
) -> None:
    """What is not wrong enough is refused by the step, which that run never made."""
    branch = {"step": 10**6, "experiment": presets[0], "request_id": "b" * 32, "play": False}
    path = data.draw(st.sampled_from(list(places(branch))))
    send(visitor, f"/api/runs/{paused}/branch", replaced(branch, path, data.draw(st.sampled_from(WRONG))))
    race = {"experiments": [presets[0], {**presets[0], "layers": []}], "request_id": "c" * 32}
    path = data.draw(st.sampled_from(list(places(race))))
    send(visitor, "/api/races", replaced(race, path, data.draw(st.sampled_from(WRONG))))


@pytest.mark.parametrize("step", [*WRONG, 10**9, 10**9 + 1, 7])
def test_a_step_that_is_none(visitor: FlaskClient, paused: str, step: Any) -> None:
    answer = visitor.post(f"/api/runs/{paused}/command", json={"do": "seek", "step": step})
    assert 400 <= answer.status_code < 500 or (step == 0 and answer.status_code == 200)
    assert step == 0 or ErrorReply.model_validate_json(answer.data).problems


@pytest.mark.parametrize("number", [10**30, -(10**30), 2**63])
def test_a_number_that_no_worker_can_be_told(
    visitor: FlaskClient, presets: list[dict[str, Any]], number: int
) -> None:
    """A muted layer's arguments are not checked, and an unused file's are not looked at."""
    muted = replaced(presets[0], ("layers", 0), {**presets[0]["layers"][0], "muted": True})
    file = {"name": "a", "size": number, "sha256": "0" * 64, "target": "x", "task": "regression"}
    for experiment in (
        replaced(muted, ("layers", 0, "args"), {"out_features": number}),
        replaced(presets[0], ("data", "csv"), file),
    ):
        send(visitor, "/api/runs", {"experiment": experiment, "request_id": "a" * 32, "play": False})


@pytest.mark.parametrize("unit", [10**30, -1, 2**63])
def test_a_unit_that_no_layer_has(
    visitor: FlaskClient, presets: list[dict[str, Any]], paused: str, unit: int
) -> None:
    units = {layer["id"]: unit for layer in presets[0]["layers"]}
    answer = visitor.post(f"/api/runs/{paused}/sample", json={"index": 0, "units": units})
    assert answer.status_code == 422
    assert ErrorReply.model_validate_json(answer.data).problems[0].where.startswith("units/")


@pytest.mark.parametrize("run", ["x", "0", "../x", "%00", "é", "a" * 2000])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "action",
    [
        "", "/command", "/predict", "/sample", "/gradcheck", "/finding", "/weights", "/verify", "/replay",
        "/branch",
    ],
)  # fmt: skip
def test_a_run_that_is_not_there(visitor: FlaskClient, run: str, method: str, action: str) -> None:
    answer = visitor.open(f"/api/runs/{run}{action}", method=method, json={"do": "pause", "inputs": [[1]]})
    assert 400 <= answer.status_code < 500
    assert ErrorReply.model_validate_json(answer.data).problems


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"\xff\xfe\x00", b"a,b", b"a,b\n", b"a\n" + b"1\n" * 5, b'"', b'a,a\n1,2\n', b",,,\n",
     b"a,b\n1\n1,2,3\n", b"PK\x03\x04" + bytes(100), b"a;b\n1;2\n3;4\n", b"\n\n\n", b"x" * 100_000,
     b",".join([b"c"] * 3000) + b"\n"],
)  # fmt: skip
def test_a_file_that_is_no_table(visitor: FlaskClient, content: bytes) -> None:
    answer = visitor.post("/api/data/csv?name=x.csv", data=content, content_type="text/csv")
    assert answer.status_code < 500
