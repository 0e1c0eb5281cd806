"""Previews: few rows, of both splits, in the units of the data."""

import numpy as np
import pytest

from playground.data.preview import preview
from playground.data.registry import DATASETS


def shown(name, **changes):
    data = DATASETS[name].preset.data.model_copy(update=changes)
    return preview(data, lambda sha256: None)


@pytest.mark.parametrize("name", [d.name for d in DATASETS.values() if d.source != "file"])
def test_rows_targets_and_splits_belong_together(name):
    found = shown(name)

    assert 0 < len(found.x) == len(found.y) == len(found.validation) <= 1_000
    assert any(found.validation) and not all(found.validation)
    assert {len(row) for row in found.x} == {len(found.facts.features)}


def test_a_large_set_is_shown_in_the_proportion_of_its_split():
    found = shown("Spiral", args={"samples": 20_000})

    assert len(found.x) == 1_000
    assert sum(found.validation) == 300


def test_values_are_shown_in_the_units_of_the_data_with_five_figures():
    ages = np.array(shown("Diabetes").x)[:, 0]

    assert ages.min() >= 19 and ages.max() <= 79
    assert all(len(str(value).replace(".", "").strip("0")) <= 5 for value in ages)
    assert max(shown("Diabetes").y) > 300


def test_nothing_is_held_out_without_a_validation_share():
    assert not any(shown("Moons", validation_share=0).validation)
