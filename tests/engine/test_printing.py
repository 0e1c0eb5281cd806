"""Tensors print as PyTorch prints them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import engine

KNOWN = [
    (lambda e: e.tensor([1.0, 2.0]), "tensor([1., 2.])"),
    (lambda e: e.tensor([[1, 2], [3, 4]]), "tensor([[1, 2],\n        [3, 4]])"),
    (lambda e: e.tensor(3.5), "tensor(3.5000)"),
    (lambda e: e.tensor(True), "tensor(True)"),
    (lambda e: e.tensor([1e-8, 1.0]), "tensor([1.0000e-08, 1.0000e+00])"),
    (lambda e: e.tensor([float("nan"), float("inf"), 1.0]), "tensor([nan, inf, 1.])"),
    (lambda e: e.tensor([1.0], dtype=e.float64), "tensor([1.], dtype=torch.float64)"),
    (lambda e: e.zeros(0, 3), "tensor([], size=(0, 3))"),
    (lambda e: e.tensor([]), "tensor([])"),
    (lambda e: e.tensor([1.0], requires_grad=True), "tensor([1.], requires_grad=True)"),
    (lambda e: e.tensor([1.0], requires_grad=True) * 2, "tensor([2.], grad_fn=<MulBackward0>)"),
    (lambda e: e.tensor([1.5, -2.25]), "tensor([ 1.5000, -2.2500])"),
    (lambda e: e.arange(2000), "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])"),
    (lambda e: e.zeros(2, 3).shape, "torch.Size([2, 3])"),
    (lambda e: e.float32, "torch.float32"),
]


@pytest.mark.parametrize(("make", "text"), KNOWN, ids=[text.split("\n")[0][:40] for _, text in KNOWN])
def test_known_texts(make, text):
    assert repr(make(engine)) == text


@pytest.mark.parametrize(("make", "text"), KNOWN, ids=[text.split("\n")[0][:40] for _, text in KNOWN])
def test_the_known_texts_are_those_of_torch(torch, make, text):
    assert repr(make(torch)) == text


FLOATS = st.floats(width=32, allow_nan=True, allow_infinity=True, min_value=None, max_value=None)
NUMBERS = st.one_of(FLOATS, st.integers(-2000, 2000).map(float), st.sampled_from([0.0, -0.0, 1e-5, 1e5, 1e9]))
ARRAYS = st.one_of(
    hnp.arrays(
        np.float32, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6), elements=NUMBERS
    ),
    hnp.arrays(np.int64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=30)),
    hnp.arrays(np.bool_, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)),
    hnp.arrays(np.float64, st.sampled_from([(1001,), (40, 30), (7, 200), (3, 8, 50)]), elements=st.just(1.5)),
)


@given(array=ARRAYS)
@settings(max_examples=150, deadline=None)
def test_any_tensor_prints_as_torch_prints_it(torch, array):
    assert repr(engine.from_numpy(array)) == repr(torch.from_numpy(array))


def test_print_options_change_and_return(torch):
    value = np.array([1.23456789, 1000.5])
    for options in ({"precision": 2}, {"sci_mode": True}, {"profile": "short"}, {"linewidth": 20}):
        try:
            engine.set_printoptions(**options)
            torch.set_printoptions(**options)
            assert repr(engine.from_numpy(value)) == repr(torch.from_numpy(value))
        finally:
            engine.set_printoptions(profile="default")
            torch.set_printoptions(profile="default", sci_mode=None)


def test_a_single_element_formats_as_a_number():
    assert f"{engine.tensor(0.12345):.2f}" == "0.12"
