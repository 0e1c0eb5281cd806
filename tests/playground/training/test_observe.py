"""Asking the model: right for every kind of data, bounded in memory, without a trace."""

import numpy as np
import pytest

import engine as torch
from playground.data.registry import DATASETS
from playground.training import observe
from playground.training.ask import predict
from playground.training.observe import observing
from tests.playground.training.experiments import spiral, trainer

BROUGHT = ("file", "drawn")
PRESETS = {name: known.preset for name, known in DATASETS.items() if known.source not in BROUGHT}


@pytest.mark.parametrize("name", PRESETS)
def test_a_row_in_the_units_of_the_data_gets_the_models_answer_in_them(name: str) -> None:
    asked = trainer(PRESETS[name])
    built, prepared = asked.built, asked.built.prepared
    rows = prepared.rows(prepared.x_validation[:3])

    answer = predict(asked, rows.tolist())

    with observing(built.model):
        output = built.model(torch.from_numpy(prepared.x_validation[:3])).numpy()
    expected = prepared.values(output) if prepared.facts.task == "regression" else output
    np.testing.assert_allclose(answer["outputs"], expected, rtol=1e-4, atol=1e-5)


def test_a_wide_model_is_asked_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    built = trainer(spiral()).built
    whole = observe.predict(built, built.x_held)
    seen = []
    built.model[0].register_forward_hook(lambda module, inputs, output: seen.append(len(output)))
    monkeypatch.setattr(observe, "MOST_NUMBERS", 3 * built.widest)

    chunked = observe.predict(built, built.x_held)

    assert built.widest == 8
    assert seen == [3, 3, 2]
    np.testing.assert_allclose(chunked, whole, rtol=1e-5)


def test_observing_leaves_the_model_in_the_mode_it_was_in() -> None:
    model = trainer(spiral()).built.model
    with observing(model):
        assert not model.training
    assert model.training

    model.eval()
    with observing(model):
        pass
    assert not model.training
