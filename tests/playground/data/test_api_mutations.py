"""Whatever a client sends for an experiment, the answer is a reply or a refusal in words, never a failure."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.data.registry import DATASETS
from playground.experiment.catalog import LAYERS, LOSSES, OPTIMIZERS
from playground.protocol.replies import CheckReply, ErrorReply

PRESETS = [dataset.preset.model_dump(mode="json") for dataset in DATASETS.values()]
WORDS = ["map", "iterable", "mean", "classification", "0" * 64, "layer-1"]
NAMES = [*DATASETS, *LAYERS, *LOSSES, *OPTIMIZERS, *WORDS]
NUMBERS = st.integers(-3, 40) | st.sampled_from([0.5, 1e-9, 1e9, 10**7, 10**30, -1.0, 2**31])
VALUES = NUMBERS | st.booleans() | st.none() | st.sampled_from(NAMES) | st.text(max_size=8)
JSON = VALUES | st.lists(VALUES, max_size=3) | st.dictionaries(st.text(max_size=6), VALUES, max_size=3)


def places(value, path=()):
    """Every path into nested lists and dictionaries."""
    yield path
    children = dict(enumerate(value)) if isinstance(value, list) else value
    for key, child in children.items() if isinstance(children, dict) else ():
        yield from places(child, (*path, key))


@st.composite
def mutated(draw):
    """A preset with a few values replaced, layers repeated and arguments made up."""
    given = copy.deepcopy(draw(st.sampled_from(PRESETS)))
    given["data"]["points"] = given["data"]["points"][:4]
    for _ in range(draw(st.integers(1, 4))):
        *path, last = draw(st.sampled_from([place for place in places(given) if place]))
        parent = given
        for key in path:
            parent = parent[key]
        parent[last] = draw(JSON)
    return given


@pytest.mark.parametrize("route", ["/api/experiments/check", "/api/data/preview"])
def test_no_experiment_makes_the_server_fail(client, route):
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(mutated())
    def holds(experiment):
        sent = {"data": experiment["data"]} if route.endswith("preview") else experiment
        answer = client.post(route, data=json.dumps(sent), content_type="application/json")
        assert answer.status_code in (200, 422), answer.get_data(as_text=True)
        if answer.status_code == 422:
            assert all(problem.message for problem in ErrorReply.model_validate_json(answer.data).problems)
        elif route.endswith("check"):
            CheckReply.model_validate_json(answer.data)

    holds()
