"""A small dense network drawn unit by unit: each one's own picture and its edges, PyTorch's numbers."""

from types import ModuleType

import numpy as np
import pytest

from playground.data.registry import DATASETS
from playground.training.probes.neurons import fitting
from playground.training.probes.pack import MOST_BYTES
from tests.playground.training.experiments import spiral
from tests.playground.training.probes.looking import measures, subject, view
from tests.playground.training.probes.peer import Twin, close


def wide(units: int, layers: int) -> tuple[tuple[str, dict[str, int]], ...]:
    hidden = (("Linear", {"out_features": units}), ("Tanh", {}))
    return (*(row for _ in range(layers - 1) for row in hidden), ("Linear", {"out_features": 2}))


def test_a_units_picture_is_what_it_says_over_the_plane_after_its_activation(torch: ModuleType) -> None:
    looked_at = subject(spiral())
    twin = Twin(torch, looked_at)
    looked_at.trainer.run_step()
    twin.step()
    shown = view(looked_at, "neurons")
    hidden, last = shown["layers"]
    side = hidden["pictures"].shape[1]
    x, y = np.meshgrid(np.linspace(*shown["x"], side), np.linspace(*shown["y"], side)[::-1])
    grid = looked_at.built.prepared.inputs(np.stack([x.ravel(), y.ravel()], axis=1))
    twin.forward(torch.tensor(grid))

    for layer, output in ((hidden, twin.outputs[1]), (last, twin.outputs[2])):
        drawn = (layer["pictures"].astype(float) - 128) / 127 * layer["scale"][:, None, None]
        expected = output.detach().numpy().T.reshape(drawn.shape)
        assert np.abs(drawn - expected).max() <= layer["scale"].max() / 250
    assert (hidden["name"], hidden["activation"], last["activation"]) == ("Linear 1", "ReLU 1", "")


def test_edges_have_pytorchs_weights_and_gradients(torch: ModuleType) -> None:
    looked_at = subject(spiral())
    twin = Twin(torch, looked_at)
    assert view(looked_at, "neurons")["layers"][0]["weight_gradient"] is None
    looked_at.trainer.run_step()
    twin.step()

    linears = (twin.model[0], twin.model[2])
    for layer, linear in zip(view(looked_at, "neurons")["layers"], linears, strict=True):
        close(layer["weight"], linear.weight)
        close(layer["weight_gradient"], linear.weight.grad)
        close(layer["bias"], linear.bias)
        close(layer["bias_gradient"], linear.bias.grad)


@pytest.mark.parametrize(("units", "layers"), [(8, 2), (24, 4), (32, 4), (32, 8)])
def test_the_largest_network_that_is_drawn_keeps_to_the_bound(units: int, layers: int) -> None:
    shown = view(subject(spiral(*wide(units, layers))), "neurons")
    size = sum(
        array.nbytes for layer in shown["layers"] for array in layer.values() if isinstance(array, np.ndarray)
    )

    assert len(shown["layers"]) == layers
    assert shown["layers"][0]["units"] == units
    assert size <= MOST_BYTES
    most, side = fitting([*[units] * (layers - 1), 2])
    assert shown["layers"][0]["pictures"].shape == (min(most, units), side, side)


MIXED = (("Linear", {"out_features": 4}), ("Softmax", {"dim": 1}), ("Linear", {"out_features": 2}))


@pytest.mark.parametrize(
    "rows",
    [wide(33, 2), wide(4, 9), MIXED],
    ids=["too wide", "too deep", "units not apart"],
)
def test_other_networks_are_not_drawn(rows: tuple[tuple[str, dict[str, int]], ...]) -> None:
    assert "neurons" not in measures(subject(spiral(*rows)))


def test_data_beyond_the_plane_has_no_drawing() -> None:
    assert "neurons" not in measures(subject(DATASETS["Iris"].preset))
