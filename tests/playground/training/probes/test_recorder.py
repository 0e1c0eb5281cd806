"""Steps are recorded when somebody looks, and then only; recording changes nothing."""

import numpy as np

import engine
from playground.training.hand import Hand
from playground.training.probes import Recorder
from tests.playground.training.experiments import losses, spiral, trainer

ROWS = (
    ("Linear", {"out_features": 8}),
    ("BatchNorm1d", {}),
    ("ReLU", {}),
    ("Dropout", {"p": 0.5}),
    ("Linear", {"out_features": 2}),
)


def hooks(recorder: Recorder) -> int:
    """How many hooks are on the model, its layers and its optimizer."""
    built = recorder._trainer.built
    modules = [built.model, *(layer.module for layer in built.layers)]
    on_modules = sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in modules)
    return on_modules + len(built.optimizer._before) + len(built.optimizer._after)


def test_a_run_that_nobody_looks_into_has_no_hooks() -> None:
    recorder = Recorder(trainer(spiral(*ROWS)))
    assert hooks(recorder) == 0
    recorder.arm()
    recorder.arm()
    assert hooks(recorder) == 2 + len(ROWS) + 2
    recorder.disarm()

    assert hooks(recorder) == 0


def test_while_the_run_is_going_one_step_is_recorded_each_time_it_is_armed() -> None:
    trained = trainer(spiral(*ROWS))
    recorder = Recorder(trained, running=lambda: True)
    for expected in (1, 4):
        recorder.arm()
        losses(trained, 3)
        assert recorder.latest is not None
        assert (recorder.latest.step, recorder.latest.finished) == (expected, True)
        assert hooks(recorder) == 0


def test_while_the_run_stands_still_every_step_is_recorded() -> None:
    trained = trainer(spiral(*ROWS))
    recorder = Recorder(trained)
    recorder.arm()
    losses(trained, 3)

    assert recorder.latest is not None
    assert recorder.latest.step == 3


def test_a_forward_that_only_looks_is_not_recorded() -> None:
    trained = trainer(spiral(*ROWS))
    recorder = Recorder(trained)
    recorder.arm()
    trained.built.model.eval()
    trained.built.model(trained.built.x_held)
    with engine.no_grad():
        trained.built.model.train()
        trained.built.model(trained.built.x_held)

    assert recorder.latest is None


def test_a_recorded_run_is_bit_for_bit_the_unrecorded_one() -> None:
    plain = trainer(spiral(*ROWS, optimizer="Adam"))
    expected = losses(plain, 8)
    random = engine.get_rng_state()
    recorded = trainer(spiral(*ROWS, optimizer="Adam"))
    recorder = Recorder(recorded)
    recorder.arm()

    assert losses(recorded, 8) == expected
    assert engine.equal(engine.get_rng_state(), random)
    for ours, theirs in zip(recorded.built.model.parameters(), plain.built.model.parameters(), strict=True):
        np.testing.assert_array_equal(ours.detach().numpy(), theirs.detach().numpy())


def test_what_is_kept_stays_as_it_was_when_the_run_goes_on() -> None:
    trained = trainer(spiral(*ROWS, optimizer="Adam"))
    recorder = Recorder(trained, running=lambda: True)
    recorder.arm()
    trained.run_step()
    assert recorder.latest is not None
    kept = recorder.latest.parameters[0]
    before = [np.array(each) for each in (kept.before, kept.after, kept.gradient, kept.state["exp_avg"])]
    losses(trained, 5)

    after = (kept.before, kept.after, kept.gradient, kept.state["exp_avg"])
    for then, now in zip(before, after, strict=True):
        np.testing.assert_array_equal(then, now)


def test_a_silent_unit_is_silent_in_what_is_kept() -> None:
    trained = trainer(spiral())
    recorder = Recorder(trained)
    recorder.arm()
    Hand(trained).mute("row-0", 3, True)
    trained.run_phase("forward")

    assert recorder.latest is not None
    first = recorder.latest.outputs[0].detach().numpy()
    assert (first[:, 3] == 0).all()
    assert (first[:, 2] != 0).any()


def test_time_that_recording_takes_is_counted_once() -> None:
    now = iter(range(100))
    trained = trainer(spiral())
    recorder = Recorder(trained, clock=lambda: float(next(now)))
    recorder.arm()
    trained.run_step()

    assert recorder.take_spent() == 3
    assert recorder.take_spent() == 0
