"""A branch begins in a moment of another run: the same run where nothing changed, else what fits of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment.spec import Chosen, Experiment, Layer
from playground.jobs.wire import pack, unpack
from playground.training import branch, travel
from playground.training.session import Session
from tests.playground.export.running import no_files
from tests.playground.training.experiments import flushed, spiral
from tests.playground.training.journeys import (
    Act,
    act,
    any_experiments,
    begun,
    differing,
    obey,
    seek,
    state,
    stories,
)

SCORED = {"scores"}
"""A branch is scored where it begins, so its latest scores may be newer than its parent's were."""


def offered(session: Session, step: int) -> dict[str, Any]:
    """What reaches another process."""
    answer = obey(session, "offer", step=step)
    assert "error" not in answer, answer
    return dict(unpack(pack(answer)))


def without(state: dict[str, Any], names: set[str] = SCORED) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name not in names}


@settings(max_examples=40, deadline=None)
@given(any_experiments(), stories(), st.integers(0, 40), st.integers(1, 5))
def test_an_unchanged_branch_is_its_parent_bit_for_bit(
    experiment: Experiment, story: Sequence[Act], at: int, more: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, flushed():
        patch.setattr(travel, "EVERY", 4)
        parent = begun(experiment)
        for what, value in story:
            act(parent, what, value)
        if parent.state == "diverged":
            return
        step = at % (parent.travel.furthest + 1)
        offer = offered(parent, step)
        seek(parent, step)
        expected = [state(parent)]
        if step == parent.travel.furthest:
            for _ in range(more):
                obey(parent, "step_batch")
                expected.append(state(parent))

        child = branch.go_on(experiment, offer, no_files, None)
        assert differing(without(state(child)), without(expected[0])) == []
        for then in expected[1:]:
            obey(child, "step_batch")
            assert differing(without(state(child)), without(then)) == []


def at_step(experiment: Experiment, steps: int) -> Session:
    session = begun(experiment)
    for _ in range(steps):
        obey(session, "step_batch")
    return session


def branched(experiment: Experiment, there: Experiment) -> tuple[Session, Session, list[str]]:
    """A run of `there` after 21 steps, its branch with `experiment`, and what was not carried over."""
    parent = at_step(there, 21)
    child, notes = branch.change(experiment, there, offered(parent, 21), no_files, None)
    return parent, child, notes


def weights(session: Session) -> dict[str, np.ndarray]:
    return {name: value.numpy().copy() for name, value in session.trainer.built.model.state_dict().items()}


def test_a_branch_begins_where_its_parent_was_and_counts_from_there() -> None:
    parent = at_step(spiral(epochs=100), 30)
    child = branch.go_on(spiral(epochs=100), offered(parent, 12), no_files, None)

    assert (child.trainer.step, child.travel.furthest, child.state) == (12, 12, "paused")
    report = child.record.drain()
    assert all(steps.tolist() == [12] for steps, _ in report["points"].values())
    assert child.spent.seconds == child.travel.samples == 0
    assert "began at step 12 of another run" in obey(child, "seek", step=11)["error"]
    obey(child, "step_batch")
    seek(child, 12)
    assert child.travel.looks_back


def test_a_branch_of_a_branch_is_the_same_run_too() -> None:
    experiment = spiral(epochs=100)
    parent = at_step(experiment, 30)
    child = branch.go_on(experiment, offered(parent, 12), no_files, None)
    for _ in range(8):
        obey(child, "step_batch")
    grandchild = branch.go_on(experiment, offered(child, 18), no_files, None)
    seek(parent, 18)

    assert differing(without(state(grandchild)), without(state(parent))) == []


def test_a_learning_rate_that_a_branch_begins_with_is_part_of_its_beginning() -> None:
    experiment = spiral(epochs=100)
    parent = at_step(experiment, 30)
    child = branch.go_on(experiment, offered(parent, 12), no_files, None, 0.3)
    assert [deed[:3] for deed in child.record.drain()["log"]] == [[12, "set_lr", 0.3]]
    for _ in range(8):
        obey(child, "step_batch")
    seek(child, 12)
    assert child.trainer.lr == 0.3
    grandchild = branch.go_on(experiment, offered(child, 12), no_files, None)

    assert differing(without(state(grandchild)), without(state(child))) == []
    assert grandchild.trainer.lr == 0.3


def test_a_branch_that_does_not_get_where_it_begins_does_not_begin() -> None:
    parent = at_step(spiral(epochs=100), 30)
    lost = {**offered(parent, 12), "deeds": [[0, "phases", None, "", []]], "step": 13}

    with pytest.raises(RuntimeError, match="Step 13 of the other run was not reached"):
        branch.go_on(spiral(epochs=100), lost, no_files, None)


def test_another_learning_rate_keeps_weights_memory_and_place() -> None:
    there = spiral(epochs=100, optimizer="Adam", lr=0.01)
    parent = at_step(there, 21)
    offer, expected = offered(parent, 21), state(parent)
    another = spiral(epochs=100, optimizer="Adam", lr=0.3)
    child, notes = branch.change(another, there, offer, no_files, None)

    assert notes == []
    assert child.trainer.lr == 0.3
    apart = {*SCORED, "options", "gradients", "norms"}
    assert differing(without(state(child), apart), without(expected, apart)) == []


def test_other_class_weights_keep_all_but_the_loss() -> None:
    there = spiral(epochs=100, optimizer="Adam", lr=0.01)
    weighted = spiral(epochs=100, optimizer="Adam", lr=0.01, loss_args={"weight": (1.0, 4.5)})
    parent, child, notes = branched(weighted, there)

    assert notes == []
    assert all((weights(child)[name] == value).all() for name, value in weights(parent).items())
    obey(parent, "step_batch")
    obey(child, "step_batch")
    assert child.trainer.samples.tolist() == parent.trainer.samples.tolist()
    assert child.trainer.loss != parent.trainer.loss


def test_a_new_layer_leaves_the_weights_of_the_others() -> None:
    there = spiral(epochs=100)
    extra = Layer(id="extra", type="Linear", args={"out_features": 8})
    layers = (*there.layers[:2], extra, *there.layers[2:])
    parent, child, notes = branched(there.model_copy(update={"layers": layers}), there)

    assert notes == ["Linear 2 is new or has another shape: it begins with fresh weights."]
    old, new = weights(parent), weights(child)
    np.testing.assert_array_equal(new["0.weight"], old["0.weight"])
    np.testing.assert_array_equal(new["3.weight"], old["2.weight"])
    assert (child.trainer.step, child.trainer.epoch) == (21, 5)
    assert obey(child, "step_batch") == {}


def test_a_layer_of_another_width_begins_fresh_with_what_does_not_fit() -> None:
    there = spiral(epochs=100)
    rows = (("Linear", {"out_features": 9}), ("ReLU", {}), ("Linear", {"out_features": 2}))
    wider = spiral(*rows, epochs=100)
    parent, child, notes = branched(wider, there)

    assert notes == [
        "Linear 1 is new or has another shape: it begins with fresh weights.",
        "Linear 2 has another shape: its weight begins fresh.",
    ]
    np.testing.assert_array_equal(weights(child)["2.bias"], weights(parent)["2.bias"])


def test_another_optimizer_begins_without_memory() -> None:
    there = spiral(epochs=100, optimizer="Adam")
    _, child, notes = branched(spiral(epochs=100, optimizer="SGD"), there)

    assert notes == ["The optimizer was Adam and is SGD: it begins without a memory of earlier gradients."]
    assert not any(child.trainer.built.optimizer.state.values())


def test_other_data_begin_an_epoch_of_their_own() -> None:
    there = spiral(epochs=100)
    _, child, notes = branched(spiral(epochs=100, batch_size=16), there)

    assert notes == ["The data or their batches differ: their first epoch begins here."]
    assert (child.trainer.epoch, child.trainer.feed.taken) == (5, 0)
    obey(child, "step_batch")
    assert (child.trainer.batch, len(child.trainer.samples), child.trainer.step) == (0, 16, 22)


@pytest.mark.parametrize("epochs", [50, 100])
def test_a_schedule_goes_on_where_it_is_the_same_and_begins_anew_where_it_is_not(epochs: int) -> None:
    def scheduled(epochs: int, *rows: Any) -> Experiment:
        made = spiral(*rows, epochs=epochs)
        schedule = Chosen(type="OneCycleLR", args={"max_lr": 0.3})
        return made.model_copy(update={"training": made.training.model_copy(update={"schedule": schedule})})

    rows = (("Linear", {"out_features": 8}), ("Tanh", {}), ("Linear", {"out_features": 2}))
    parent, child, notes = branched(scheduled(epochs, *rows), scheduled(100))

    if epochs == 100:
        assert notes == []
        assert child.trainer.lr == parent.trainer.lr
    else:
        assert notes == ["OneCycleLR starts again at this step."]


def test_muted_units_stay_silent_where_they_are_still_there() -> None:
    there = spiral(epochs=100)
    parent = at_step(there, 5)
    obey(parent, "mute", layer="row-0", unit=7, on=True)
    offer = offered(parent, 5)
    same, notes = branch.change(spiral(epochs=100, optimizer="Adam"), there, offer, no_files, None)
    narrow = spiral(("Linear", {"out_features": 3}), ("ReLU", {}), ("Linear", {"out_features": 2}))
    other, told = branch.change(narrow, there, offer, no_files, None)

    assert same.hand.muted == {"row-0": [7]}
    assert other.hand.muted == {}
    assert len(notes) == 1
    assert told[-1] == "Units were muted in a layer that has changed: they speak again."


def test_a_branch_beyond_its_last_epoch_is_finished() -> None:
    parent = at_step(spiral(epochs=100), 21)
    child = branch.go_on(spiral(epochs=5), offered(parent, 21), no_files, None)

    assert child.state == "finished"


def test_where_the_way_is_lost_no_branch_is_offered() -> None:
    parent = begun(spiral(epochs=100))
    for _ in range(80):
        act(parent, "odd phases", 0.0)
    answers = [obey(parent, "offer", step=step) for step in range(81)]

    assert "moment" in answers[0]
    assert all("moment" in answer for answer in answers[-32:])
    refused = [answer["error"] for answer in answers if "error" in answer]
    assert refused
    assert all("which is not kept any more: branch at an earlier step" in error for error in refused)
