"""train(), eval() and no_grad(): the mask that was drawn, the statistics that were used, the tape."""

from types import ModuleType

import numpy as np
import pytest

import engine
from tests.playground.training.experiments import spiral
from tests.playground.training.probes.looking import subject, view
from tests.playground.training.probes.peer import Twin, close

ROWS = (
    ("Linear", {"out_features": 16}),
    ("BatchNorm1d", {}),
    ("ReLU", {}),
    ("Dropout", {"p": 0.4}),
    ("Linear", {"out_features": 2}),
)


def test_the_mask_is_the_one_that_the_training_forward_drew() -> None:
    looked_at = subject(spiral(*ROWS))
    seen = {}
    dropout = looked_at.built.model[3]
    dropout.register_forward_hook(lambda module, inputs, output: seen.update(input=inputs[0], output=output))
    looked_at.trainer.run_step()
    into, out = seen["input"].detach().numpy(), seen["output"].detach().numpy()
    layer = view(looked_at, "modes")["layers"][1]

    assert (layer["kind"], layer["p"], layer["mask"].shape) == ("dropout", 0.4, (8, 16))
    np.testing.assert_allclose(out, into * layer["mask"] / 0.6, rtol=1e-6)
    assert layer["kept"] == layer["mask"].mean()


def test_showing_the_mask_draws_nothing() -> None:
    looked_at = subject(spiral(*ROWS))
    looked_at.trainer.run_step()
    before = engine.get_rng_state()
    view(looked_at, "modes")

    assert engine.equal(engine.get_rng_state(), before)


def test_batch_norm_shows_the_batchs_statistics_beside_the_running_ones(torch: ModuleType) -> None:
    looked_at = subject(spiral(*ROWS[:2], ROWS[-1]))
    twin = Twin(torch, looked_at)
    for _ in range(3):
        looked_at.trainer.run_step()
        twin.step()
    layer = view(looked_at, "modes")["layers"][0]

    norm = twin.model[1]
    assert (layer["kind"], layer["batches"], layer["momentum"]) == ("batch norm", 3, 0.1)
    close(layer["running_mean"], norm.running_mean)
    close(layer["running_var"], norm.running_var)
    close(layer["batch_mean"], twin.outputs[0].mean(0))
    close(layer["batch_var"], twin.outputs[0].var(0, unbiased=False))


def test_the_outputs_of_train_and_eval_differ_where_layers_do() -> None:
    noisy, plain = subject(spiral(*ROWS)), subject(spiral())
    for looked_at in (noisy, plain):
        looked_at.trainer.run_phase("forward")

    assert view(noisy, "modes")["difference"] > 0.01
    assert view(plain, "modes")["difference"] == pytest.approx(0, abs=1e-6)
    assert view(plain, "modes")["layers"] == []


def test_only_no_grad_leaves_no_tape() -> None:
    looked_at = subject(spiral())
    looked_at.trainer.run_step()
    train, evaluation, silent = view(looked_at, "modes")["outcomes"]

    assert [each["mode"] for each in (train, evaluation, silent)] == ["train()", "eval()", "no_grad()"]
    assert train["grad_fn"] == evaluation["grad_fn"] == "AddmmBackward0"
    assert silent["grad_fn"] is None
    np.testing.assert_array_equal(evaluation["output"], silent["output"])


def test_a_step_taken_unseen_is_rehearsed_and_undone() -> None:
    looked_at = subject(spiral(*ROWS))
    looked_at.trainer.run_step()
    looked_at.recorder.disarm()
    random = engine.get_rng_state()
    buffers = [buffer.numpy().copy() for buffer in looked_at.built.model.buffers()]
    shown = view(looked_at, "modes")

    assert (shown["rehearsed"], shown["step"]) == (True, 1)
    assert shown["difference"] > 0.01
    assert shown["layers"][1]["mask"].shape == (8, 16)
    assert engine.equal(engine.get_rng_state(), random)
    for now, before in zip(looked_at.built.model.buffers(), buffers, strict=True):
        np.testing.assert_array_equal(now.numpy(), before)


def test_a_batch_that_train_refuses_has_no_training_output() -> None:
    looked_at = subject(spiral(*ROWS, batch_size=1))
    with pytest.raises(ValueError, match="more than 1 value"):
        looked_at.trainer.run_step()
    shown = view(looked_at, "modes")

    assert (shown["rehearsed"], shown["difference"]) == (False, None)


def test_before_the_first_forward_there_is_no_training_output() -> None:
    shown = view(subject(spiral(*ROWS)), "modes")

    assert shown["training"] is True
    assert (shown["outcomes"][0]["output"], shown["difference"]) == (None, None)
    assert shown["layers"][1]["mask"] is None
