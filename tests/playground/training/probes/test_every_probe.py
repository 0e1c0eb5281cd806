"""Whatever is built: looking at everything changes nothing, and no view is larger than it may be."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import engine
from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment
from playground.live.frames import Blob
from playground.protocol.views import Views
from playground.training.probes import PROBES, Measure
from playground.training.probes.pack import MOST_BYTES
from playground.training.trainer import DivergedError, Trainer
from tests.playground.export.random_experiments import experiments
from tests.playground.training.experiments import Row, spiral, stack, trainer
from tests.playground.training.probes.looking import PHASES, measures, subject

STEPS = 3


def packed(probes: dict[str, Measure]) -> dict[str, Blob]:
    """Every view, measured and packed; it fits the wire."""
    blobs = {name: Blob() for name in probes}
    Views.model_validate({name: blobs[name].put(measure()) for name, measure in probes.items()})
    return blobs


def train(trained: Trainer, look: Callable[[], Any] = lambda: None) -> list[Any]:
    """What each phase of a few steps left as the loss, up to where the run ends by itself."""
    left: list[Any] = []
    try:
        with np.errstate(all="ignore"):
            for phase in PHASES * STEPS:
                look()
                trained.run_phase(phase)
                left.append(repr(trained.loss))
    except (DivergedError, RuntimeError, ValueError) as error:
        left.append(str(error))
    look()
    return left


def state(trained: Trainer) -> dict[str, np.ndarray]:
    """Weights, buffers, gradients and optimizer state."""
    found = {name: np.array(tensor.numpy()) for name, tensor in trained.built.model.state_dict().items()}
    for place, parameter in enumerate(trained.built.model.parameters()):
        if parameter.grad is not None:
            found[f"gradient {place}"] = np.array(parameter.grad.numpy())
        kept = trained.built.optimizer.state.get(parameter, {})
        found |= {f"{name} {place}": np.array(value.numpy()) for name, value in kept.items()}
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(experiment=experiments())
def test_any_run_that_is_looked_at_between_all_phases_is_the_same_bit_for_bit(experiment: Experiment) -> None:
    unseen = trainer(experiment)
    expected = train(unseen)
    random = engine.get_rng_state()
    seen = subject(experiment)
    probes = measures(seen)

    assert train(seen.trainer, lambda: packed(probes)) == expected
    assert engine.equal(engine.get_rng_state(), random)
    ours, theirs = state(seen.trainer), state(unseen)
    assert ours.keys() == theirs.keys()
    for name, array in theirs.items():
        np.testing.assert_array_equal(ours[name], array, err_msg=name)


def hundred(*rows: Row) -> Experiment:
    """As many layers as there may be, nearly."""
    repeated = tuple(row for _ in range(198 // len(rows)) for row in rows)
    return spiral(*repeated, ("Linear", {"out_features": 2}), optimizer="Adam")


def images(*rows: Row) -> Experiment:
    """A convolutional network of twenty layers."""
    preset = DATASETS["Digits"].preset
    data = preset.data.model_copy(update={"validation_share": 0.02, "batch_size": 8})
    layers = (*stack(tuple(row for _ in range(9) for row in rows)), *preset.layers[-2:])
    return preset.model_copy(update={"data": data, "layers": layers})


WIDE = ("Linear", {"out_features": 500})
LARGE = {
    "deep": hundred(("Linear", {"out_features": 64}), ("ReLU", {})),
    "noisy": hundred(("Linear", {"out_features": 64}), ("BatchNorm1d", {}), ("Dropout", {"p": 0.1})),
    "wide": spiral(WIDE, ("Tanh", {}), WIDE, ("Linear", {"out_features": 2}), args={"samples": 5000},
                   batch_size=4000),
    "images": images(("Conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1}), ("ReLU", {})),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_a_view_of_a_large_model_keeps_to_its_bound(name: str) -> None:
    seen = subject(LARGE[name])
    seen.trainer.run_step()

    for view, measure in measures(seen).items():
        blob = Blob()
        text = json.dumps(blob.put(measure()))
        assert len(blob.bytes()) <= MOST_BYTES, view
        assert len(text) <= 10 * MOST_BYTES, view


def test_every_probe_says_what_it_measures_and_where_it_is_shown() -> None:
    entries = [probe.entry for probe in PROBES]

    assert len({entry.title for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.help.endswith(".")
        assert entry.shown_in
        assert 0 <= entry.interval <= 1
