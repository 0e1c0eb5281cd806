"""The check answers with advice, and taking its fix is asking again."""

from typing import Any

from flask.testing import FlaskClient

from playground.experiment.spec import Experiment
from tests.playground.advice.planting import built, fixed, mlp, of, row, said_before


def asked(client: FlaskClient, given: Experiment) -> Any:
    return client.post("/api/experiments/check", json=given.model_dump(mode="json")).json


def test_the_check_answers_with_advice_until_its_fix_is_taken(client: FlaskClient) -> None:
    given = built(*mlp(2), row("Softmax", dim=1))

    answer = asked(client, given)

    assert [advice["title"] for advice in answer["advice"]] == ["Softmax 1 comes before CrossEntropyLoss"]
    assert answer["can_play"] and answer["problems"] == []
    found = of("Softmax before CrossEntropyLoss", said_before(given))
    assert answer["advice"][0]["fix"] == found.model_dump(mode="json")["fix"]
    assert asked(client, fixed(given, found))["advice"] == []
