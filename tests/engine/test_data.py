"""Data sets, samplers, collation and the loader in one process, as PyTorch has them."""

import collections
import warnings

import numpy as np
import pytest

import engine
from engine.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    random_split,
)

from .side_by_side import assert_refused_alike

Point = collections.namedtuple("Point", "x y")
BATCHES = {
    "ints": [1, 2],
    "floats": [1.0, 2.0],
    "mixed": [1, 2.5],
    "truths": [True, False],
    "words": ["a", "b"],
    "bytes": [b"a", b"b"],
    "named tuples": [Point(1, 2.0), Point(3, 4.0)],
    "dicts": [{"a": 1, "b": [1, 2]}, {"a": 2, "b": [3, 4]}],
    "tuples": [(1, "x"), (2, "y")],
    "lists": [[1, 2], [3, 4]],
    "float64": [np.float64(1), np.float64(2)],
    "float32": [np.float32(1), np.float32(2)],
    "int32": [np.int32(1), np.int32(3)],
    "arrays": [np.zeros(2), np.ones(2)],
    "0-d arrays": [np.array(1), np.array(2)],
    "empty tuples": [(), ()],
    "ranges": [range(2), range(2)],
    "numpy truth": [np.bool_(True)],
    "words in arrays": [np.array(["a"]), np.array(["b"])],
    "sizes": [np.zeros(2), np.ones(3)],
    "lengths": [[1], [1, 2]],
    "nothing": [None, None],
    "no samples": [],
    "keys": [{"a": 1}, {"b": 1}],
    "ordered": [collections.OrderedDict(a=1, b=2.0), collections.OrderedDict(a=3, b=4.0)],
}


def plain(value):
    """Types, dtypes and numbers of a batch, whichever library made it."""
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return str(value.dtype), tuple(value.shape), value.tolist()
    if isinstance(value, dict):
        return type(value).__name__, {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [plain(v) for v in value]
    return value


@pytest.mark.parametrize("name", BATCHES)
def test_samples_become_the_batch_that_torch_makes(torch, name):
    results = []
    for lib in (engine, torch):
        try:
            results.append(plain(lib.utils.data.default_collate(BATCHES[name])))
        except Exception as error:
            results.append((type(error), str(error)))
    assert results[0] == results[1]


class Numbers(IterableDataset):
    def __init__(self, end=7):
        self.end = end

    def __iter__(self):
        return iter(range(self.end))


class Countdown(IterableDataset):
    """Its own iterator."""

    def __iter__(self):
        self.left = 5
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration
        self.left -= 1
        return self.left


class Squares(Dataset):
    def __len__(self):
        return 7

    def __getitem__(self, index):
        return index * index, {"name": str(index)}


class Liar(Numbers):
    def __len__(self):
        return 3


def tensors(lib=engine, n=7):
    return lib.utils.data.TensorDataset(lib.arange(2.0 * n).reshape(n, 2), lib.arange(n))


LOADERS = {
    "whole": lambda d, lib: d.DataLoader(tensors(lib)),
    "batches": lambda d, lib: d.DataLoader(tensors(lib), 3),
    "dropped": lambda d, lib: d.DataLoader(tensors(lib), batch_size=3, drop_last=True),
    "no batches": lambda d, lib: d.DataLoader(tensors(lib), batch_size=None),
    "sampler": lambda d, lib: d.DataLoader(tensors(lib), 2, sampler=[5, 1, -1]),
    "batch sampler": lambda d, lib: d.DataLoader(tensors(lib), batch_sampler=[[0, 1], [2]]),
    "collated otherwise": lambda d, lib: d.DataLoader(tensors(lib), 2, collate_fn=len),
    "words": lambda d, lib: d.DataLoader(["a", "b", "c"], 2),
    "a dict": lambda d, lib: d.DataLoader({0: 1.0, 1: 2.0}, 2),
    "subset": lambda d, lib: d.DataLoader(d.Subset(d.Subset(tensors(lib), [6, 5, 4, 3]), [0, 2]), 2),
    "concatenated": lambda d, lib: d.DataLoader(tensors(lib) + tensors(lib, 2), 4),
    "stacked": lambda d, lib: d.DataLoader(d.StackDataset(a=tensors(lib), b=lib.arange(7)), 4),
}


@pytest.mark.parametrize("name", LOADERS)
def test_a_loader_yields_what_torchs_yields(torch, name):
    ours, theirs = (LOADERS[name](lib.utils.data, lib) for lib in (engine, torch))
    assert [plain(batch) for batch in ours] == [plain(batch) for batch in theirs]
    assert len(ours) == len(theirs)


REFUSED = {
    "batch size 0": lambda d, t: d.DataLoader(t, batch_size=0),
    "half a batch": lambda d, t: d.DataLoader(t, batch_size=2.5),
    "negative workers": lambda d, t: d.DataLoader(t, num_workers=-1),
    "negative timeout": lambda d, t: d.DataLoader(t, timeout=-1),
    "prefetch without workers": lambda d, t: d.DataLoader(t, prefetch_factor=2),
    "lasting no workers": lambda d, t: d.DataLoader(t, persistent_workers=True),
    "context without workers": lambda d, t: d.DataLoader(t, multiprocessing_context="spawn"),
    "context of a number": lambda d, t: d.DataLoader(t, num_workers=1, multiprocessing_context=3),
    "shuffled sampler": lambda d, t: d.DataLoader(t, shuffle=True, sampler=[1]),
    "sized batch sampler": lambda d, t: d.DataLoader(t, batch_sampler=[[1]], batch_size=2),
    "dropping no batches": lambda d, t: d.DataLoader(t, batch_size=None, drop_last=True),
    "changed size": lambda d, t: setattr(d.DataLoader(t), "batch_size", 3),
    "changed data": lambda d, t: setattr(d.DataLoader(t), "dataset", 3),
    "sizes": lambda d, t: d.TensorDataset(*t.tensors, t.tensors[0][:2]),
    "batch sampler of 0": lambda d, t: d.BatchSampler([1], 0, False),
    "batch sampler dropping 3": lambda d, t: d.BatchSampler([1], 2, 3),
    "samples": lambda d, t: d.RandomSampler(t, num_samples=0),
    "replacement": lambda d, t: d.RandomSampler(t, replacement=3),
    "weights": lambda d, t: d.WeightedRandomSampler([[1.0]], 1),
    "no draws": lambda d, t: d.WeightedRandomSampler([1.0], 0),
    "split": lambda d, t: d.random_split(t, [2, 2]),
    "split of more": lambda d, t: d.random_split(t, [0.5, 0.6]),
    "split of less than 0": lambda d, t: d.random_split(t, [-0.5, 1.5]),
    "nothing to concatenate": lambda d, t: d.ConcatDataset([]),
    "far back": lambda d, t: d.ConcatDataset([t])[-8],
    "far on": lambda d, t: d.ConcatDataset([t])[7],
    "chained maps": lambda d, t: list(d.ChainDataset([t])),
    "nothing to stack": lambda d, t: d.StackDataset(),
    "unequal stack": lambda d, t: d.StackDataset(t, t.tensors[0][:2]),
    "no getitem": lambda d, t: d.Dataset()[0],
    "row beyond": lambda d, t: list(d.DataLoader(t, 2, sampler=[9])),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch, name):
    assert_refused_alike(torch, lambda s: REFUSED[name](s.lib.utils.data, tensors(s.lib)))


@pytest.mark.parametrize("option", [{"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}])
def test_an_iterable_keeps_its_own_order(option):
    with pytest.raises(ValueError, match="DataLoader with IterableDataset: expected unspecified"):
        DataLoader(Numbers(), **option)


@pytest.mark.parametrize(("options", "expected"), [
    ({"batch_size": 3}, [[0, 1, 2], [3, 4, 5], [6]]),
    ({"batch_size": 3, "drop_last": True}, [[0, 1, 2], [3, 4, 5]]),
    ({"batch_size": None}, [0, 1, 2, 3, 4, 5, 6]),
])
def test_an_iterable_is_batched(options, expected):
    assert [b.tolist() if hasattr(b, "tolist") else b for b in DataLoader(Numbers(), **options)] == expected


def test_an_iterable_that_is_its_own_iterator_starts_again_each_epoch():
    loader = DataLoader(Countdown(), batch_size=2)
    assert [b.tolist() for b in loader] == [b.tolist() for b in loader] == [[4, 3], [2, 1], [0]]


def test_an_iterable_has_a_length_only_if_it_says_one():
    with pytest.raises(TypeError, match=r"object of type 'Numbers' has no len\(\)"):
        len(DataLoader(Numbers()))
    loader = DataLoader(Liar(), 2)
    assert len(loader) == 2
    with pytest.warns(UserWarning, match="was reported to be 2"):
        list(loader)


def test_iterables_are_chained():
    assert [int(b) for b in DataLoader(Numbers(2) + Numbers(3))] == [0, 1, 0, 1, 2]


def test_the_fast_way_through_tensors_is_the_slow_way():
    data = tensors(n=50)
    for subset in (data, Subset(data, list(range(0, 50, 3))), Subset(Subset(data, range(40)), [5, 3, 3, -1])):
        loader = DataLoader(subset, 7, shuffle=True, generator=engine.Generator().manual_seed(1))
        slow = DataLoader(
            subset, 7, shuffle=True, generator=engine.Generator().manual_seed(1),
            collate_fn=lambda samples: default_collate(samples))
        assert [plain(b) for b in loader] == [plain(b) for b in slow]


def test_batches_do_not_share_memory_with_the_data():
    data = tensors()
    batch = next(iter(DataLoader(data, 7)))
    batch[0].zero_()
    assert data.tensors[0].sum() > 0


def test_data_that_requires_grad_keeps_its_graph():
    x = engine.ones(4, 2, requires_grad=True)
    for (batch,) in DataLoader(TensorDataset(x), 2):
        batch.sum().backward()
    assert x.grad.tolist() == [[1, 1]] * 4


def test_a_seeded_loader_repeats_its_order_epoch_by_epoch():
    def orders():
        generator = engine.Generator().manual_seed(5)
        loader = DataLoader(Squares(), 2, shuffle=True, generator=generator)
        return [[batch[0].tolist() for batch in loader] for _ in range(3)]

    first, again = orders(), orders()
    assert first == again
    assert first[0] != first[1]


def test_shuffling_follows_manual_seed():
    loader = DataLoader(tensors(), 7, shuffle=True)
    engine.manual_seed(1)
    one = next(iter(loader))[1].tolist()
    engine.manual_seed(1)
    assert next(iter(loader))[1].tolist() == one
    assert sorted(one) == list(range(7))


def test_samplers_yield_what_they_promise():
    generator = engine.Generator().manual_seed(0)
    data = range(5)
    assert list(SequentialSampler(data)) == [0, 1, 2, 3, 4]
    assert sorted(RandomSampler(data, generator=generator)) == [0, 1, 2, 3, 4]
    assert len(list(RandomSampler(data, num_samples=12, generator=generator))) == 12
    assert len(list(RandomSampler(data, replacement=True, num_samples=9, generator=generator))) == 9
    assert sorted(SubsetRandomSampler([4, 8], generator)) == [4, 8]
    assert set(WeightedRandomSampler([0, 1, 0, 2], 50, generator=generator)) == {1, 3}
    assert sorted(WeightedRandomSampler([1, 1, 1], 3, replacement=False, generator=generator)) == [0, 1, 2]
    assert list(BatchSampler(range(5), 2, False)) == [[0, 1], [2, 3], [4]]
    assert len(BatchSampler(range(5), 2, True)) == 2


def test_a_split_covers_the_data_once_and_repeats_with_its_seed():
    parts = random_split(Squares(), [0.5, 0.3, 0.2], engine.Generator().manual_seed(2))
    again = random_split(Squares(), [0.5, 0.3, 0.2], engine.Generator().manual_seed(2))
    assert [len(p) for p in parts] == [4, 2, 1]
    assert sorted(i for p in parts for i in p.indices) == list(range(7))
    assert [p.indices for p in parts] == [p.indices for p in again]


def test_an_empty_part_of_a_split_is_warned_of():
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        random_split([1], [0.5, 0.5])


def test_concatenated_data_count_from_either_end():
    data = ConcatDataset([Squares(), [10, 20]])
    assert data[-1] == 20
    assert data[7] == 10
    assert data[0][0] == 0


def test_no_warning_where_nothing_is_wrong():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(DataLoader(tensors(), 2, shuffle=True, drop_last=True))


def test_a_pass_over_a_loader_knows_how_long_it_is():
    assert len(iter(DataLoader(range(5), batch_size=2))) == 3


def test_a_mapping_with_a_default_is_collated_to_its_own_kind():
    made = default_collate([collections.defaultdict(int, a=n) for n in (1, 2)])
    assert made["a"].tolist() == [1, 2] and made["other"] == 0
