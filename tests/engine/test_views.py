"""Views share memory, and the shapes they can and cannot take are PyTorch's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine

from .compare import assert_same

STEPS = {
    "transpose": lambda x: x.transpose(0, -1),
    "slice": lambda x: x[1:] if len(x) > 1 else x[:],
    "stride": lambda x: x[::2],
    "unsqueeze": lambda x: x.unsqueeze(1),
    "squeeze": lambda x: x.squeeze(),
    "flatten_view": lambda x: x.reshape(-1),
    "select": lambda x: x.select(0, 0) if x.ndim > 1 else x,
    "permute": lambda x: x.permute(*range(x.ndim - 1, -1, -1)),
    "narrow": lambda x: x.narrow(0, 0, 1),
    "expand": lambda x: x.unsqueeze(0).expand(2, *x.shape),
}


@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=5))
@settings(max_examples=150, deadline=None)
def test_any_chain_of_views_has_the_values_gradients_and_memory_of_torch(torch, steps):
    results, shared = [], []
    for library in (engine, torch):
        x = library.arange(24.0, dtype=library.float64).reshape(2, 3, 4).clone().requires_grad_()
        y = x
        for step in steps:
            y = STEPS[step](y) if y.ndim else y
        weight = library.arange(float(y.numel()), dtype=library.float64).reshape(tuple(y.shape))
        (y * weight).sum().backward()
        results.append((y, x.grad))
        shared.append(np.shares_memory(x.detach().numpy(), y.detach().numpy()))
    assert_same(results[0], results[1])
    assert shared[0] == shared[1]


@given(
    start=st.sampled_from([(2, 6), (3, 4), (12,), (2, 2, 3), (0, 4), ()]),
    turned=st.booleans(),
    target=st.lists(st.integers(-1, 6), max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_view_and_reshape_accept_and_refuse_what_torch_does(torch, start, turned, target):
    for method in ("view", "reshape"):
        found = []
        for library in (engine, torch):
            x = library.arange(float(np.prod(start))).reshape(start)
            x = x.transpose(0, -1) if turned and len(start) else x
            try:
                found.append(getattr(x, method)(target))
            except RuntimeError as problem:
                found.append(str(problem))
        if isinstance(found[1], str):
            assert found[0] == found[1]
        else:
            assert_same(found[0], found[1])


def test_view_takes_a_size_as_numbers_or_as_one_sequence():
    x = engine.zeros(2, 6)
    for sizes in ((3, 4), ((3, 4),), ([3, -1],), (engine.Size([3, 4]),)):
        assert x.view(*sizes).shape == (3, 4)


@given(
    left=st.lists(st.integers(1, 3), max_size=4), right=st.lists(st.integers(1, 3), max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_broadcasting_and_its_gradients_are_those_of_torch(torch, left, right):
    found = []
    for library in (engine, torch):
        counts = [library.arange(float(np.prod(s)), dtype=library.float64).reshape(s) for s in (left, right)]
        a, b = (count.clone().requires_grad_() for count in counts)
        try:
            c = a * b + b
        except RuntimeError as problem:
            found.append(str(problem))
            continue
        (c * c).sum().backward()
        found.append((c, a.grad, b.grad))
    if isinstance(found[1], str):
        assert found[0] == found[1]
    else:
        assert_same(found[0], found[1])


@pytest.mark.parametrize("sizes", [(2, 4), (3,), (4, -1, 3), (-1, 3)])
def test_expand_refuses_what_torch_refuses(torch, sizes):
    found = []
    for library in (engine, torch):
        try:
            found.append(tuple(library.ones(3).expand(*sizes).shape))
        except RuntimeError as problem:
            found.append(type(problem))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "asked",
    [((2, 2), (-100, 1), 0), ((4,), (1,), -3), ((0, 4), (-1, 1), 0), ((5,), (1,), 0), ((2,), (9,), 1)],
)
def test_as_strided_reads_nothing_outside_its_memory(torch, asked):
    for library in (engine, torch):
        with pytest.raises(RuntimeError, match=r"Negative strides|invalid storage offset|out of bounds"):
            library.ones(4).as_strided(*asked)


def test_empty_strided_refuses_negative_strides(torch):
    for library in (engine, torch):
        with pytest.raises(RuntimeError, match="Storage size calculation overflowed"):
            library.empty_strided((2, 2), (-1, 1))


def test_what_as_strided_reads_beyond_its_input_gets_no_gradient(torch):
    found = []
    for library in (engine, torch):
        x = library.arange(100.0)[:3].requires_grad_()
        y = x.as_strided((4, 20), (2, 1))
        (y * y).sum().backward()
        found.append((y, x.grad))
    assert_same(found[0], found[1])
