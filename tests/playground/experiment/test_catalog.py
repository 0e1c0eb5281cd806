"""The palettes are the engine's own classes; a new layer is one line."""

import pytest

from engine import nn
from playground.experiment import catalog as catalogs
from playground.experiment.catalog import LAYERS, LOSSES, OPTIMIZERS, catalog, layer_class, under
from playground.experiment.shapes import layer_problems
from tests.playground.experiment.experiments import checked, experiment, layer, problems


@pytest.fixture
def with_elu(monkeypatch):
    """The one line that offers a layer."""
    monkeypatch.setitem(LAYERS, "ELU", under("Activation"))


def test_everything_offered_is_complete():
    found = catalog([])

    for entry in [*found.layers, *found.losses, *found.optimizers, *found.schedules]:
        assert entry.help.endswith("."), entry.type
        assert "`" not in entry.help + "".join(parameter.help for parameter in entry.parameters), entry.type
        assert entry.group
        for parameter in entry.parameters:
            assert parameter.help, f"{entry.type}.{parameter.name}"
            assert parameter.inferred or parameter.kind in ("bool", "choice") or parameter.low is not None


def test_every_loss_says_what_it_compares_with():
    assert {entry.type: entry.target for entry in catalog([]).losses} == {
        "CrossEntropyLoss": "class index",
        "NLLLoss": "class index",
        "BCEWithLogitsLoss": "0/1",
        "BCELoss": "0/1",
        "MSELoss": "real",
        "L1Loss": "real",
    }


def test_every_loss_has_one_beside_it_that_takes_the_scores_themselves():
    assert {name: catalogs.of_scores(name) for name in LOSSES} == {
        "CrossEntropyLoss": "CrossEntropyLoss",
        "NLLLoss": "CrossEntropyLoss",
        "BCEWithLogitsLoss": "BCEWithLogitsLoss",
        "BCELoss": "BCEWithLogitsLoss",
        "MSELoss": "MSELoss",
        "L1Loss": "MSELoss",
    }


def test_a_new_row_of_any_kind_has_all_it_needs():
    for entry in catalog([]).layers:
        started = layer(entry.type, **LAYERS[entry.type].starts)

        assert layer_problems(started, entry.type, "layers/0") == []
        assert all(p.default == started.args.get(p.name, p.default) for p in entry.parameters)


def test_every_optimizer_has_a_learning_rate():
    for entry in catalog([]).optimizers:
        assert "lr" in {parameter.name for parameter in entry.parameters}


def test_every_data_set_is_listed_with_its_preset():
    spiral = catalog([]).datasets[0]

    assert (spiral.name, spiral.kind, spiral.task) == ("Spiral", "plane", "classification")
    assert [p.name for p in spiral.parameters] == ["samples", "noise"]
    assert spiral.preset.data.name == "Spiral"


@pytest.mark.parametrize("name", ["ELU", "Module", "__doc__", "init"])
def test_only_what_is_listed_is_offered(name):
    with pytest.raises(KeyError):
        layer_class(name)


def test_names_are_unique_over_all_palettes():
    assert len({*LAYERS, *LOSSES, *OPTIMIZERS}) == len(LAYERS) + len(LOSSES) + len(OPTIMIZERS)


def test_one_line_puts_a_layer_into_the_catalog(with_elu):
    entry = next(entry for entry in catalog([]).layers if entry.type == "ELU")

    assert entry.group == "Activation"
    assert [p.name for p in entry.parameters] == ["alpha"]
    assert layer_class("ELU") is nn.ELU


def test_one_line_has_a_layer_checked_and_written(with_elu):
    stack = layer("Linear", out_features=4), layer("ELU", alpha=0.5), layer("Linear", out_features=2)
    found = checked(experiment(*stack))

    assert found.can_play
    assert found.layers[1].output_shape == [32, 4]
    assert "nn.ELU(alpha=0.5)" in found.code["model"]
    ((where, message, _),) = problems(experiment(stack[0], layer("ELU", alpha=99), stack[2]))
    assert where == "layers/1/args/alpha" and "at most 10" in message


def test_listed_names_are_read_once_and_not_before_they_are_asked_for():
    assert catalogs.arguments("Linear") is catalogs.arguments("Linear")
