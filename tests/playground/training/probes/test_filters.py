"""Weights and feature maps as images: PyTorch's numbers, cut to a bound."""

from dataclasses import replace
from types import ModuleType
from typing import Literal

import numpy as np
import pytest

import engine
from playground.data.registry import DATASETS
from playground.training import observe
from playground.training.observe import Chosen
from tests.playground.training.experiments import spiral
from tests.playground.training.probes.looking import measures, subject, view
from tests.playground.training.probes.peer import Twin, close


def test_filters_and_maps_are_pytorchs(torch: ModuleType) -> None:
    looked_at = subject(DATASETS["Digits"].preset)
    twin = Twin(torch, looked_at)
    looked_at.trainer.run_step()
    twin.step()
    shown = view(looked_at, "filters")
    twin.model.eval()
    twin.forward(torch.tensor(looked_at.built.x_held.numpy()[:1]))

    convolution, relu, pooled, dense = shown["layers"]
    assert [layer["kind"] for layer in shown["layers"]] == ["filters", "maps", "maps", "matrix"]
    close(convolution["weight"], twin.model[0].weight)
    close(convolution["maps"], twin.outputs[0][0])
    close(relu["maps"], twin.outputs[1][0])
    close(pooled["maps"], twin.outputs[2][0])
    close(dense["weight"], twin.model[4].weight[:, :64])
    assert dense["weight_shape"] == [10, 128]
    np.testing.assert_array_equal(shown["input"], looked_at.built.x_held.numpy()[0, 0])


@pytest.mark.parametrize("split", ["training", "validation"])
def test_the_maps_are_those_of_the_chosen_sample(split: Literal["training", "validation"]) -> None:
    plain = subject(DATASETS["Digits"].preset)
    first = view(plain, "filters")
    built = plain.built
    samples = built.prepared.x_train if split == "training" else built.prepared.x_validation
    last = len(samples) - 1
    chosen = view(replace(plain, chosen=lambda: Chosen(split, last)), "filters")

    assert (first["sample"], first["of"]) == (0, "validation")
    assert (chosen["sample"], chosen["of"]) == (last, split)
    np.testing.assert_array_equal(chosen["input"], samples[last, 0])
    made = observe.outputs(built.model, engine.from_numpy(samples[last:]))
    np.testing.assert_allclose(chosen["layers"][0]["maps"], made[0][0], rtol=1e-4, atol=1e-6)


def test_each_image_has_its_own_scale_and_all_together_one() -> None:
    shown = view(subject(DATASETS["Digits"].preset), "filters")
    weights = [layer for layer in shown["layers"] if layer["weight"] is not None]

    assert shown["low"] == min(layer["low"] for layer in weights)
    assert shown["high"] == max(layer["high"] for layer in weights)
    assert shown["map_high"] == max(layer["map_high"] for layer in shown["layers"][:3])
    assert weights[0]["low"] == weights[0]["weight"].min()
    assert len({layer["high"] for layer in weights}) == len(weights)


def test_the_scale_is_that_of_the_whole_weight_where_the_image_is_cut() -> None:
    looked_at = subject(spiral(("Linear", {"out_features": 300}), ("Linear", {"out_features": 2})))
    first, second = view(looked_at, "filters")["layers"]

    assert first["weight"].shape == (64, 2)
    assert first["weight_shape"] == [300, 2]
    assert first["high"] == looked_at.built.model[0].weight.detach().numpy().max()
    assert second["weight"].shape == (2, 64)


def test_a_model_without_weight_matrices_or_images_has_none() -> None:
    assert "filters" not in measures(subject(spiral(("BatchNorm1d", {}))))
