"""One step is five phases, and phases do what the same calls do in a script."""

import numpy as np
import pytest

import engine as torch
from engine import nn
from engine.utils.data import DataLoader, TensorDataset
from playground.data.prepare import prepare
from playground.data.registry import DATASETS
from playground.training.trainer import PHASES, DivergedError, Trainer
from tests.playground.training.experiments import line, losses, spiral, trainer


def parameters(trained: Trainer) -> list[np.ndarray]:
    return [parameter.detach().numpy().copy() for parameter in trained.built.model.parameters()]


def test_training_gives_the_losses_of_the_loop_that_one_would_write() -> None:
    experiment = spiral()
    torch.manual_seed(5)
    data = prepare(experiment.data, lambda sha256: None)
    samples = TensorDataset(torch.from_numpy(data.x_train), torch.from_numpy(data.y_train))
    loader = DataLoader(samples, batch_size=8, shuffle=True, generator=torch.Generator().manual_seed(5))
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    expected = []
    for _ in range(3):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            expected.append(loss.item())

    assert losses(trainer(experiment), 12) == expected


def test_the_same_experiment_gives_the_same_losses_bit_for_bit_and_another_seed_others() -> None:
    first, again = (losses(trainer(spiral()), 12) for _ in range(2))

    assert first == again
    assert first != losses(trainer(spiral(seed=6)), 12)


def test_a_step_by_phases_is_a_step() -> None:
    whole, phased = trainer(spiral()), trainer(spiral())
    for _ in range(5):
        whole.run_step()
        for phase in PHASES:
            phased.run_phase(phase)

    assert whole.loss == phased.loss
    assert not phased.by_hand
    for one, other in zip(parameters(whole), parameters(phased), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_step_goes_on_from_the_phase_that_was_run_by_hand() -> None:
    whole, begun = trainer(spiral()), trainer(spiral())
    begun.run_phase("zero_grad")
    begun.run_phase("forward")

    assert begun.run_step() == whole.run_step()
    assert begun.step == 1


def test_gradients_accumulate_where_zero_grad_is_left_out() -> None:
    accumulating = trainer(spiral())
    weight = accumulating.built.model[0].weight
    for phase in ("zero_grad", "forward", "loss", "backward"):
        accumulating.run_phase(phase)
    once = weight.grad.numpy().copy()

    for phase in ("forward", "loss", "backward"):
        accumulating.run_phase(phase)

    np.testing.assert_allclose(weight.grad.numpy(), 2 * once, rtol=1e-6)
    assert accumulating.by_hand


def test_a_second_backward_through_the_same_graph_fails_in_pytorchs_words_and_says_what_to_run() -> None:
    trained = trainer(spiral())
    for phase in ("zero_grad", "forward", "loss", "backward"):
        trained.run_phase(phase)

    with pytest.raises(RuntimeError, match=r"a second time .*\. Here: run forward and loss again"):
        trained.run_phase("backward")


def test_a_backward_that_fails_for_another_reason_says_that_reason_only() -> None:
    trained = trainer(spiral())
    for param in trained.built.model.parameters():
        param.requires_grad_(False)
    for phase in ("zero_grad", "forward", "loss"):
        trained.run_phase(phase)

    with pytest.raises(RuntimeError, match="does not require grad") as refused:
        trained.run_phase("backward")
    assert "Here:" not in str(refused.value)


@pytest.mark.parametrize(
    ("phase", "words"), [("loss", "run forward first"), ("backward", "forward and loss first")]
)
def test_a_phase_without_what_it_works_on_says_what_to_run_first(phase: str, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        trainer(spiral()).run_phase(phase)


def test_step_without_gradients_changes_nothing_but_counts() -> None:
    trained = trainer(spiral())
    before = parameters(trained)

    trained.run_phase("step")

    assert trained.step == 1
    assert trained.loss is None
    for one, other in zip(before, parameters(trained), strict=True):
        np.testing.assert_array_equal(one, other)


def test_epochs_and_batches_are_counted_and_training_is_done_after_the_last() -> None:
    trained = trainer(spiral(epochs=2))
    seen = []
    for _ in range(8):
        trained.run_step()
        seen.append((trained.epoch, trained.step, trained.batch, trained.is_done))

    assert seen[2:5] == [(0, 3, 2, False), (1, 4, 3, False), (1, 5, 0, False)]
    assert seen[-1] == (2, 8, 3, True)


@pytest.mark.parametrize("workers", [0, 2])
def test_each_epoch_uses_every_sample_once_and_says_which(workers: int) -> None:
    trained = trainer(spiral(num_workers=workers))
    data = trained.built.prepared
    for _ in range(2):
        used = []
        for _ in range(4):
            trained.run_step()
            used += trained.samples.tolist()
            np.testing.assert_array_equal(trained._x.numpy(), data.x_train[trained.samples])
        assert sorted(used) == list(range(32))


def test_workers_do_not_change_the_numbers() -> None:
    assert losses(trainer(spiral(num_workers=2)), 12) == losses(trainer(spiral()), 12)


def test_drop_last_leaves_out_the_short_batch() -> None:
    assert trainer(spiral(batch_size=10)).batches == 4
    dropping = trainer(spiral(batch_size=10, drop_last=True))

    losses(dropping, 3)

    assert (dropping.batches, dropping.epoch) == (3, 1)


def test_an_iterable_set_trains_in_its_own_order() -> None:
    trained = trainer(spiral(style="iterable", shuffle=False))
    losses(trained, 8)

    assert trained.epoch == 2
    assert trained.samples.tolist() == list(range(24, 32))
    assert losses(trainer(spiral(shuffle=False)), 8)[-1] == trained.loss


def test_the_learning_rate_can_be_changed_between_steps() -> None:
    trained = trainer(line())
    trained.run_step()
    before = parameters(trained)

    trained.lr = 0.0
    trained.run_step()

    assert trained.lr == 0.0
    for one, other in zip(before, parameters(trained), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_loss_that_is_not_finite_stops_before_the_update_and_names_step_and_layer() -> None:
    trained = trainer(line())
    losses(trained, 3)
    with torch.no_grad():
        trained.built.model[0].weight.fill_(float("inf"))

    with pytest.raises(DivergedError, match="In step 4 the loss became") as error:
        trained.run_step()
    assert "The weights of Linear 1 are not finite." in str(error.value)

    assert error.value.layer is trained.built.layers[0]
    assert trained.step == 3


def test_a_stream_goes_on_across_epochs() -> None:
    preset = DATASETS["Stream"].preset
    experiment = preset.model_copy(update={"data": preset.data.model_copy(update={"steps_per_epoch": 2})})
    trained = trainer(experiment)

    seen = []
    for _ in range(5):
        trained.run_step()
        seen.append(trained._x.numpy().copy())

    assert trained.epoch == 2
    assert len({batch.tobytes() for batch in seen}) == 5


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("workers", [0, 1, 3])
def test_epochs_of_an_iterable_set_end_where_its_loader_ends(workers: int, drop_last: bool) -> None:
    settings = {"style": "iterable", "shuffle": False, "num_workers": workers, "drop_last": drop_last}
    trained = trainer(spiral(batch_size=5, **settings))

    losses(trained, trained.batches)

    assert trained.epoch == 1
    assert trained.batches == len(list(trained.built.loader))
