"""What layers make of held-out samples: PyTorch's numbers; dead, saturated and vanishing ones are found."""

from types import ModuleType

import numpy as np
import pytest

import engine
from playground.data.registry import DATASETS
from tests.playground.training.experiments import spiral
from tests.playground.training.probes.looking import measures, subject, view
from tests.playground.training.probes.peer import Twin, close

SIGMOIDS = tuple(row for _ in range(8) for row in (("Linear", {"out_features": 8}), ("Sigmoid", {})))


@pytest.mark.parametrize("name", ["Spiral", "Digits", "Diabetes"])
def test_statistics_and_gradients_are_pytorchs_in_evaluation_mode(torch: ModuleType, name: str) -> None:
    looked_at = subject(DATASETS[name].preset)
    twin = Twin(torch, looked_at)
    shown = view(looked_at, "activations")
    built, samples = looked_at.built, shown["samples"]

    twin.model.eval()
    x = torch.tensor(built.x_held.numpy()[:samples], requires_grad=True)
    twin.criterion(twin.forward(x), torch.tensor(built.y_held.numpy()[:samples])).backward()
    for layer, output in zip(shown["layers"], twin.outputs, strict=True):
        assert layer["shape"] == list(output.shape)
        close(layer["mean"], output.mean())
        close(layer["std"], output.std(unbiased=False))
        close(layer["zero"], (output == 0).float().mean())
        close(layer["gradient"], output.grad.pow(2).mean().sqrt())
        assert layer["histogram"]["counts"].sum() >= min(output.numel(), 25_000)


def test_no_gradient_of_the_run_is_touched() -> None:
    looked_at = subject(spiral())
    view(looked_at, "activations")

    assert [parameter.grad for parameter in looked_at.built.model.parameters()] == [None] * 4


def test_units_that_are_zero_for_every_sample_are_dead() -> None:
    looked_at = subject(spiral())
    with engine.no_grad():
        looked_at.built.model[0].bias.copy_(engine.tensor([-100.0, 100.0] * 4))
    relu = view(looked_at, "activations")["layers"][1]

    assert relu["dead"] == 0.5
    assert relu["dead_units"].tolist() == [1, 0] * 4
    assert view(looked_at, "activations")["layers"][0]["dead"] is None


def test_a_dead_channel_of_images_is_one_unit() -> None:
    looked_at = subject(DATASETS["Digits"].preset)
    with engine.no_grad():
        looked_at.built.model[0].bias.copy_(engine.tensor([-100.0, *[100.0] * 7]))
    relu = view(looked_at, "activations")["layers"][1]

    assert relu["dead_units"].tolist() == [1, *[0] * 7]


def test_outputs_at_the_ends_of_a_tanh_or_sigmoid_are_saturated() -> None:
    for kind in ("Tanh", "Sigmoid"):
        rows = (("Linear", {"out_features": 4}), (kind, {}), ("Linear", {"out_features": 2}))
        looked_at = subject(spiral(*rows))
        with engine.no_grad():
            looked_at.built.model[0].weight.zero_()
            looked_at.built.model[0].bias.copy_(engine.tensor([-9.0, 0.0, 0.5, 9.0]))
        assert view(looked_at, "activations")["layers"][1]["saturated"] == 0.5


def test_a_layer_that_hardly_any_gradient_reaches_is_named() -> None:
    deep = subject(spiral(*SIGMOIDS, ("Linear", {"out_features": 2})))
    shown = view(deep, "activations")

    assert "row-0" in shown["vanishing"]
    assert "row-16" not in shown["vanishing"]
    assert view(subject(spiral()), "activations")["vanishing"] == []


def test_a_gradient_that_grows_on_its_way_back_vanishes_in_no_layer() -> None:
    rows = (("Linear", {"out_features": 4}), ("BatchNorm1d", {}), ("Linear", {"out_features": 2}))
    looked_at = subject(spiral(*rows))
    with engine.no_grad():
        looked_at.built.model[1].running_var.zero_()
        looked_at.built.model[1].weight.fill_(100.0)
    shown = view(looked_at, "activations")

    first, *_, last = (layer["gradient"] for layer in shown["layers"])
    assert first > 1000 * last
    assert shown["vanishing"] == []


def test_the_gradient_that_backward_left_is_shown_beside() -> None:
    looked_at = subject(spiral())
    looked_at.trainer.run_step()
    first = looked_at.built.model[0]
    left = np.concatenate([p.grad.numpy().reshape(-1) for p in (first.weight, first.bias)])

    shown = view(looked_at, "activations")["layers"]
    assert shown[0]["weight_gradient"] == pytest.approx(np.sqrt((left**2).mean()), rel=1e-5)
    assert shown[1]["weight_gradient"] is None


def test_histograms_over_time_cover_the_whole_run_in_a_bounded_number() -> None:
    looked_at = subject(spiral(epochs=1000))
    measure = measures(looked_at)["activations"]
    for _ in range(300):
        looked_at.trainer.run_step()
        shown = measure()
    history = shown["layers"][0]["history"]

    assert history["counts"].shape == (len(history["steps"]), 32)
    assert 12 <= len(history["steps"]) <= 48
    assert history["steps"][0] == 1
    assert history["steps"][-1] > 250
    assert np.all(np.diff(history["steps"]) > 0)
    assert (history["counts"].max(axis=1) == 255).all()


def test_a_moment_seen_twice_is_one_moment_in_the_history() -> None:
    looked_at = subject(spiral())
    measure = measures(looked_at)["activations"]
    measure()

    assert measure()["layers"][0]["history"]["steps"].tolist() == [0]
