"""Probes show the model of this moment and change nothing."""

import numpy as np
import pytest

import engine as torch
from playground.data.registry import DATASETS
from playground.live.frames import Blob
from playground.protocol.views import Views
from playground.training.probes import PROBES
from playground.training.probes.pack import BINS, histogram
from tests.playground.training.experiments import line, losses, spiral, trainer
from tests.playground.training.probes.looking import measures, subject, views

BROUGHT = ("file", "drawn")
PRESETS = {name: known.preset for name, known in DATASETS.items() if known.source not in BROUGHT}


@pytest.mark.parametrize("name", PRESETS)
def test_the_views_of_every_data_set_fit_the_wire_before_and_after_a_step(name: str) -> None:
    looked_at = subject(PRESETS[name])
    for _ in range(2):
        Views.model_validate(Blob().put(views(looked_at)))
        looked_at.trainer.run_step()


def test_there_is_one_probe_for_each_view_of_the_wire() -> None:
    assert sorted(probe.name for probe in PROBES) == sorted(Views.model_fields)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_a_run_that_is_looked_at_after_every_step_gives_the_same_numbers_bit_for_bit(optimizer: str) -> None:
    rows = (
        ("Linear", {"out_features": 8}),
        ("BatchNorm1d", {}),
        ("ReLU", {}),
        ("Dropout", {"p": 0.5}),
        ("Linear", {"out_features": 2}),
    )
    experiment = spiral(*rows, optimizer=optimizer)
    unseen = trainer(experiment)
    expected = losses(unseen, 12)
    unseen_random = torch.get_rng_state()

    seen = subject(experiment)
    probes = measures(seen)
    assert {"step", "activations", "filters", "optimizer", "modes"} <= set(probes)
    for loss in expected:
        assert seen.trainer.run_step() == loss
        for measure in probes.values():
            measure()

    assert torch.equal(torch.get_rng_state(), unseen_random)
    states = (unseen.built.model.state_dict(), seen.built.model.state_dict())
    for name, tensor in states[0].items():
        np.testing.assert_array_equal(tensor.numpy(), states[1][name].numpy())


def test_looking_between_phases_leaves_the_step_as_it_is() -> None:
    unseen, seen = trainer(spiral()), subject(spiral())
    for phase in ("zero_grad", "forward", "loss", "backward", "step"):
        views(seen)
        seen.trainer.run_phase(phase)
    unseen.run_step()

    assert seen.trainer.loss == unseen.loss


def test_a_histogram_counts_every_finite_value_between_its_ends() -> None:
    values = np.array([-1.0, 0.0, 0.5, 3.0, np.nan, np.inf], np.float32)

    counted = histogram([values[:3], values[3:].reshape(1, 3)])

    assert counted is not None
    assert (counted["low"], counted["high"]) == (-1.0, 3.0)
    assert (counted["counts"].sum(), len(counted["counts"])) == (4, BINS)
    assert counted["counts"][0] == counted["counts"][-1] == 1


@pytest.mark.parametrize("values", [[], [np.nan]], ids=["nothing", "nothing finite"])
def test_there_is_no_histogram_of(values: list[float]) -> None:
    assert histogram([np.array(values)]) is None


@pytest.mark.parametrize("values", [[0, 1e-45, 2e-45], [-3e38, 0, 3e38], [1, 1 + 1e-7], [-2e22]])
def test_a_histogram_may_be_as_narrow_or_as_wide_as_numbers_go(values: list[float]) -> None:
    counted = histogram([np.array(values, np.float32)])

    assert counted is not None
    assert counted["counts"].sum() == len(values)


def test_equal_values_have_a_histogram_too() -> None:
    counted = histogram([np.zeros(5)])

    assert counted is not None
    assert counted["low"] < 0 < counted["high"]


def test_the_boundary_is_what_the_model_says_at_the_points_of_the_plane() -> None:
    looked_at = subject(spiral())
    losses(looked_at.trainer, 8)

    boundary = views(looked_at)["boundary"]

    (x_low, _), (_, y_high) = boundary["x"], boundary["y"]
    corner = looked_at.built.prepared.inputs(np.array([[x_low, y_high]]))
    with torch.no_grad():
        answer = looked_at.built.model(torch.from_numpy(corner)).numpy()[0]
    assert boundary["winner"][0, 0] == answer.argmax()
    assert 0.5 <= boundary["confidence"].min() <= boundary["confidence"].max() <= 1


def test_every_sample_lies_inside_the_boundarys_picture() -> None:
    looked_at = subject(spiral())
    boundary = views(looked_at)["boundary"]
    rows = looked_at.built.prepared.rows(looked_at.built.prepared.x_train)

    for column, (low, high) in enumerate((boundary["x"], boundary["y"])):
        assert low < rows[:, column].min()
        assert rows[:, column].max() < high


def test_a_large_model_is_asked_for_a_coarser_picture() -> None:
    small = views(subject(spiral()))["boundary"]
    wide = ("Linear", {"out_features": 500})
    large = views(subject(spiral(wide, wide, ("Linear", {"out_features": 2}))))["boundary"]

    assert small["winner"].shape == (64, 64)
    assert large["winner"].shape == large["confidence"].shape == (32, 32)


def test_one_line_shows_its_slope_and_intercept_and_a_curve_does_not() -> None:
    straight = subject(line())
    bent = subject(line(("Linear", {"out_features": 4}), ("Tanh", {}), ("Linear", {"out_features": 1})))
    fit = views(straight)["fit"]

    np.testing.assert_allclose(fit["y"], fit["slope"] * fit["x"] + fit["intercept"], atol=1e-5)
    assert "slope" not in views(bent)["fit"]


def test_the_confusion_matrix_counts_the_held_out_samples_true_class_by_row() -> None:
    looked_at = subject(spiral())
    with torch.no_grad():
        looked_at.built.model[2].bias.copy_(torch.tensor([-100.0, 100.0]))

    confusion = views(looked_at)["confusion"]

    truth = looked_at.built.prepared.y_validation
    np.testing.assert_array_equal(confusion["counts"], [[0, (truth == 0).sum()], [0, (truth == 1).sum()]])
    assert confusion["of"] == "validation"


def test_gradients_show_as_soon_as_backward_was_run_by_hand() -> None:
    looked_at = subject(spiral())
    assert views(looked_at)["layers"][0]["gradients"] is None

    for phase in ("zero_grad", "forward", "loss", "backward"):
        looked_at.trainer.run_phase(phase)

    shown = views(looked_at)["layers"]
    assert shown[0]["gradient_norm"] > 0
    assert shown[0]["gradients"]["counts"].sum() == 24
    assert shown[1]["gradients"] is None
    assert shown[0]["strip"].shape == (4, 8)


def test_a_strip_is_at_most_four_rows_of_32_numbers() -> None:
    shown = views(subject(spiral(("Linear", {"out_features": 50}), ("Linear", {"out_features": 2}))))

    assert shown["layers"][0]["strip"].shape == (4, 32)


def test_the_batch_names_the_samples_of_the_last_step() -> None:
    looked_at = subject(spiral())
    looked_at.trainer.run_step()

    batch = views(looked_at)["batch"]

    assert (batch["index"], batch["of"], batch["size"]) == (0, 4, 8)
    np.testing.assert_array_equal(batch["samples"], looked_at.trainer.samples)
