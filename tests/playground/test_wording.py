"""What the schema refuses is said as a person would: the field, the bound, the number that was given."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment
from playground.protocol.requests import AnyCommand, RaceRequest
from playground.protocol.wording import in_words

EDIT = {"do": "edit", "parameter": "0.weight", "index": [0], "value": 0.0}


def said(kind: Any, given: Any) -> dict[str, str]:
    """The message at each field."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(given)
    return {problem.where: problem.message for problem in in_words(refused.value)}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (EDIT | {"value": 1e12}, "value must be at most 1,000,000,000, not 1,000,000,000,000."),
        (EDIT | {"value": float("nan")}, "value must be a finite number, not nan."),
        (EDIT | {"value": "much"}, "value must be a number."),
        (EDIT | {"index": [0, -1]}, "index[1] must be at least 0, not -1."),
        ({"do": "set_lr", "lr": -0.5}, "lr must be at least 0, not -0.5."),
        ({"do": "set_speed", "steps_per_second": 0}, "steps_per_second must be more than 0, not 0."),
        ({"do": "seek"}, "step is missing."),
        ({"do": "seek", "step": 1.5}, "step must be a whole number, not 1.5."),
    ],
)
def test_a_refusal_names_the_field_and_the_numbers(given: dict[str, Any], message: str) -> None:
    assert list(said(AnyCommand, given).values()) == [message]


@pytest.mark.parametrize(("norm", "written"), [(0, "0"), (2e-8, "0.00000002"), (1e-30, "1e-30")])
def test_small_bounds_are_written_out(norm: float, written: str) -> None:
    given = DATASETS["Spiral"].preset.model_dump()
    given["training"]["clip_norm"] = norm

    assert said(Experiment, given) == {
        "training/clip_norm": f"clip_norm must be at least 0.000001, not {written}."
    }


def test_a_whole_number_of_very_many_digits_is_refused_in_our_own_words() -> None:
    given = DATASETS["Spiral"].preset.model_dump()
    given["training"]["epochs"] = 1e30

    assert said(Experiment, given) == {"training/epochs": "epochs must be nearer to 0, not 1e+30."}


def test_an_argument_that_is_nothing_known_is_refused_once() -> None:
    given = DATASETS["Spiral"].preset.model_dump()
    given["optimizer"]["args"]["lr"] = None

    assert said(Experiment, given) == {
        "optimizer/args/lr": "lr must be a finite number, true or false, a word, or up to 100 finite numbers."
    }


def test_too_few_are_counted() -> None:
    found = said(RaceRequest, {"experiments": [], "request_id": "12345678"})

    assert found == {"experiments": "experiments: at least 2 are needed, and these are 0."}


def test_an_unknown_command_is_told_what_there_is() -> None:
    (message,) = said(AnyCommand, {"do": "nothing"}).values()

    assert message.startswith("do must be one of 'play', 'pause'")
