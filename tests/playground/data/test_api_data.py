"""The routes for palettes, checking, previews and CSV files."""

import pytest

from playground.data.registry import DATASETS
from playground.protocol.replies import Catalog, CheckReply, CsvReply, DataPreview
from tests.playground.conftest import page_client

CSV = b"a,b,species\n" + b"".join(b"%d,%d,%s\n" % (i, i * i, b"xy"[i % 2 :][:1]) for i in range(40))


def experiment(preset, **data):
    found = DATASETS[preset].preset.model_dump(mode="json")
    found["data"] |= data
    return found


def upload(client, content=CSV, name="my.csv", mimetype="text/csv"):
    return client.post("/api/data/csv", query_string={"name": name}, data=content, content_type=mimetype)


def problem(answer):
    (found,) = answer.get_json()["problems"]
    return found["where"], found["message"]


def test_the_catalog_holds_all_palettes(client):
    found = Catalog.model_validate_json(client.get("/api/catalog").data)

    assert "Linear" in {entry.type for entry in found.layers}
    assert [entry.name for entry in found.datasets] == list(DATASETS)


def test_an_experiment_is_checked(client):
    answer = client.post("/api/experiments/check", json=experiment("Spiral"))

    assert answer.status_code == 200
    assert CheckReply.model_validate_json(answer.data).can_play


def test_problems_of_an_experiment_are_an_answer_and_no_failure(client):
    answer = client.post("/api/experiments/check", json=experiment("Spiral", name="Nothing"))

    assert answer.status_code == 200
    assert answer.get_json()["problems"][0]["where"] == "data/name"


def test_five_hundred_layers_are_refused_in_words(client):
    given = experiment("Spiral")
    given["layers"] = [{"id": f"l{i}", "type": "Tanh"} for i in range(500)]
    answer = client.post("/api/experiments/check", json=given)

    where, message = problem(answer)
    assert answer.status_code == 422
    assert where == "layers"
    assert message == "layers: at most 200 are possible, and these are 500."


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "CSV"])
def test_every_data_set_can_be_looked_at(client, name):
    answer = client.post("/api/data/preview", json={"data": experiment(name)["data"]})

    assert answer.status_code == 200
    assert DataPreview.model_validate_json(answer.data).x


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"args": {"samples": 10**9}}, "data/args/samples"),
        ({"args": {"noise": "a"}}, "data/args/noise"),
        ({"name": "Nothing"}, "data/name"),
        ({"name": "CSV"}, "data/csv"),
    ],
)
def test_data_that_cannot_be_had_is_said_at_its_field(client, data, where):
    answer = client.post("/api/data/preview", json={"data": experiment("Spiral", **data)["data"]})

    assert answer.status_code == 422
    assert problem(answer)[0] == where


def test_an_uploaded_csv_can_be_looked_at_and_played(client):
    found = CsvReply.model_validate_json(upload(client).data)
    data = found.preset.data.model_dump(mode="json")
    looked = client.post("/api/data/preview", json={"data": data})
    checked = client.post("/api/experiments/check", json=found.preset.model_dump(mode="json"))

    assert (found.target, found.task, found.rows) == ("species", "classification", 40)
    assert looked.get_json()["facts"]["features"] == ["a", "b"]
    assert checked.get_json()["can_play"]


def test_another_session_is_asked_for_the_file(app, client):
    found = CsvReply.model_validate_json(upload(client).data)
    data = found.preset.data.model_dump(mode="json")
    answer = page_client(app).post("/api/data/preview", json={"data": data})

    assert answer.status_code == 422
    assert problem(answer) == ("data/csv", f"my.csv ({len(CSV)} bytes) is not on the server")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"<html>", b"{}", b"no table at all"])
def test_nonsense_is_refused_in_words(client, content):
    answer = upload(client, content)

    assert answer.status_code == 422
    assert problem(answer)[0] == "data/csv"


def test_a_file_of_fifty_megabytes_is_refused(client):
    assert upload(client, bytes(50_000_000)).status_code == 413


def test_a_body_that_is_no_csv_is_refused(client):
    assert upload(client, mimetype="application/json").status_code == 415
