"""Of equal elements the one is chosen that PyTorch chooses."""

import numpy as np
import pytest

import engine

from .compare import assert_same

CALLS = {
    "sort": lambda x: x.sort(),
    "sort downwards": lambda x: x.sort(descending=True),
    "sort along rows": lambda x: x.sort(0),
    "argsort": lambda x: x.argsort(-1),
    "a stable sort": lambda x: x.sort(stable=True),
    "the largest": lambda x: x.topk(1),
    "the three largest": lambda x: x.topk(3),
    "the three smallest": lambda x: x.topk(3, largest=False),
    "the largest along rows": lambda x: x.topk(2, 0),
    "the largest in no order": lambda x: x.topk(3, sorted=False),
    "the smallest": lambda x: x.kthvalue(1),
    "the third": lambda x: x.kthvalue(3),
    "the most frequent": lambda x: x.mode(),
    "the median": lambda x: x.median(-1),
}


def rows(size, kind):
    drawn = np.random.default_rng(size).integers(0, 4, (5, size)).astype(kind)
    if kind == "float32":
        drawn[1, :2] = np.nan
    return drawn


@pytest.mark.parametrize("kind", ["float32", "int64"])
@pytest.mark.parametrize("size", [3, 7, 16, 17, 40, 200])
@pytest.mark.parametrize("name", CALLS)
def test_equal_elements_are_ordered_and_chosen_as_by_torch(torch, name, size, kind):
    x = rows(size, "int64").astype(kind) if "frequent" in name else rows(size, kind)
    assert_same(list(CALLS[name](engine.tensor(x))), list(CALLS[name](torch.tensor(x))))


@pytest.mark.parametrize("name", CALLS)
def test_what_is_chosen_stands_where_it_is_said_to(name):
    x = engine.tensor(rows(40, "int64"))
    found = CALLS[name](x)
    if isinstance(found, tuple):
        values, places = found
        dim = 0 if "rows" in name else 1
        if places.ndim == 1:
            values, places = values.unsqueeze(1), places.unsqueeze(1)
        assert (x.gather(dim, places) == values).all()


def test_rows_that_are_too_many_to_follow_have_their_first_equals():
    x = engine.zeros(300, 100)
    assert x.topk(2)[1][7].tolist() == [0, 1]
    assert x.sort()[1][0].tolist() == list(range(100))


@pytest.mark.parametrize(("name", "kind", "words"), [
    ("topk", RuntimeError, "topk does not support bool"),
    ("kthvalue", NotImplementedError, "kthvalue_cpu"),
])
def test_truth_values_have_no_ranks(torch, name, kind, words):
    for library in (engine, torch):
        with pytest.raises(kind, match=words):
            getattr(library.tensor([True, False]), name)(1)


def test_nothing_has_no_most_frequent_element(torch):
    for library in (engine, torch):
        with pytest.raises(IndexError, match=r"mode\(\): Expected reduction dim 0 to have non-zero size"):
            library.zeros(0).mode()


def test_a_bad_case_for_the_partition_is_left_to_a_heap(torch):
    x = np.zeros(3000, np.float32)
    x[::2] = np.arange(1500)
    x[1::2] = np.arange(1500)[::-1]
    for call in (lambda t: t.sort(), lambda t: t.topk(200), lambda t: t.topk(20)):
        assert_same(list(call(engine.tensor(x))), list(call(torch.tensor(x))))
