"""Loading by workers: real processes and threads, the same batches in the same order, errors that tell."""

import multiprocessing
import os
import time

import numpy as np
import pytest

import engine
from engine.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, get_worker_info

CONTEXTS = ["fork", "spawn", "thread"]


class Slow(Dataset):
    """Early samples take longest, so that workers finish out of order."""

    def __len__(self):
        return 12

    def __getitem__(self, index):
        time.sleep(0.01 if index < 4 else 0)
        return engine.tensor([float(index)]), os.getpid()


class Shard(IterableDataset):
    """Each worker yields its own share, as PyTorch's documentation advises."""

    def __iter__(self):
        info = get_worker_info()
        return iter(range(info.id, 9, info.num_workers))


class Copied(IterableDataset):
    def __iter__(self):
        return iter(range(3))


class Broken(Dataset):
    def __init__(self, kind):
        self.kind = kind

    def __len__(self):
        return 4

    def __getitem__(self, index):
        if index == 2:
            if self.kind == "die":
                os._exit(3)
            if self.kind == "hang":
                time.sleep(60)
            if self.kind == "awkward":
                raise AwkwardError(1, 2)
            raise {"key": KeyError, "value": ValueError}[self.kind]("boom")
        return index


class AwkwardError(Exception):
    def __init__(self, one, two):
        super().__init__(one, two)


class Seeds(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return float(engine.rand(1)), get_worker_info().seed


def nobody(worker):
    if worker == 1:
        raise RuntimeError("worker 1 does not want to")


@pytest.mark.parametrize("context", CONTEXTS)
def test_workers_never_change_the_order(context):
    loader = DataLoader(Slow(), 2, num_workers=3, multiprocessing_context=context)
    batches = [(x.flatten().tolist(), set(pids.tolist())) for x, pids in loader]
    assert [x for x, _ in batches] == [[float(i), float(i + 1)] for i in range(0, 12, 2)]
    here = {os.getpid()} == set().union(*(pids for _, pids in batches))
    assert here is (context == "thread")


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_shuffled_loader_has_one_order_for_any_number_of_workers(context):
    data = TensorDataset(engine.arange(20))
    orders = []
    for workers in (0, 1, 3):
        loader = DataLoader(
            data, 4, shuffle=True, num_workers=workers, generator=engine.Generator().manual_seed(8),
            multiprocessing_context=context if workers else None)
        orders.append([[b[0].tolist() for b in loader] for _ in range(2)])
    assert orders[0] == orders[1] == orders[2]


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_iterable_is_shared_out_by_what_workers_know_of_themselves(context):
    loader = DataLoader(Shard(), 2, num_workers=2, multiprocessing_context=context)
    assert [b.tolist() for b in loader] == [[0, 2], [1, 3], [4, 6], [5, 7], [8]]


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_iterable_that_does_not_share_is_repeated_by_each_worker(context):
    loader = DataLoader(Copied(), None, num_workers=2, multiprocessing_context=context)
    assert list(loader) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize(
    ("kind", "error"), [("key", KeyError), ("value", ValueError), ("awkward", RuntimeError)]
)
def test_an_error_in_a_worker_is_raised_here_with_its_traceback(context, kind, error):
    loader = DataLoader(Broken(kind), 1, num_workers=2, multiprocessing_context=context)
    with pytest.raises(error) as caught:
        list(loader)
    words = str(caught.value)
    assert "in DataLoader worker process 0." in words
    assert "Original Traceback (most recent call last):" in words
    assert "in __getitem__" in words


def test_a_worker_that_dies_is_missed():
    with pytest.raises(RuntimeError, match=r"DataLoader worker \(pid\(s\) \d+\) exited unexpectedly"):
        list(DataLoader(Broken("die"), 1, num_workers=2))


@pytest.mark.parametrize("context", ["fork", "thread"])
def test_a_worker_that_hangs_is_not_waited_for_longer_than_said(context, monkeypatch):
    monkeypatch.setattr("engine.utils.data.pool.GRACE", 0.1)
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.5 seconds"):
        list(DataLoader(Broken("hang"), 1, num_workers=1, timeout=0.5, multiprocessing_context=context))


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_error_of_worker_init_fn_is_raised_here(context):
    loader = DataLoader(Slow(), 2, num_workers=2, worker_init_fn=nobody, multiprocessing_context=context)
    with pytest.raises(RuntimeError, match="worker 1 does not want to"):
        list(loader)


def test_each_worker_process_has_its_own_seed_that_repeats_with_the_loaders():
    def seeds():
        loader = DataLoader(Seeds(), 1, num_workers=2, generator=engine.Generator().manual_seed(4))
        return [(x.item(), seed.item()) for x, seed in loader]

    one = seeds()
    assert one == seeds()
    assert len({x for x, _ in one}) == 4
    assert len({seed for _, seed in one}) == 2


@pytest.mark.parametrize("context", CONTEXTS)
def test_leaving_an_epoch_early_leaves_no_process(context):
    for _ in DataLoader(Slow(), 1, num_workers=2, multiprocessing_context=context):
        break
    deadline = time.time() + 5
    while multiprocessing.active_children() and time.time() < deadline:
        time.sleep(0.01)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("context", CONTEXTS)
def test_lasting_workers_serve_epoch_after_epoch(context):
    loader = DataLoader(Slow(), 2, num_workers=2, persistent_workers=True, multiprocessing_context=context)
    next(iter(loader))
    epochs = [[(x.flatten().tolist(), p.tolist()) for x, p in loader] for _ in range(2)]
    assert epochs[0] == epochs[1]
    assert [x for x, _ in epochs[0]] == [[float(i), float(i + 1)] for i in range(0, 12, 2)]


def test_large_batches_come_through_whole():
    data = TensorDataset(engine.arange(400_000.0).reshape(4, 100_000))
    batches = list(DataLoader(data, 1, num_workers=2, prefetch_factor=4))
    np.testing.assert_array_equal(np.concatenate([b[0].numpy() for b in batches]), data.tensors[0].numpy())


def test_here_no_one_is_a_worker():
    assert get_worker_info() is None
