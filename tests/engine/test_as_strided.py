"""Gradients of views by strides, of inputs that lie in memory in every way."""

import numpy as np
import pytest

import engine

VIEWS = {
    "rows": lambda b: b.as_strided((2, 3), (6, 1)),
    "an offset": lambda b: b.as_strided((2, 3), (6, 1), 3),
    "windows that overlap": lambda b: b.as_strided((5, 3), (2, 1)),
    "of a transpose": lambda b: b.T.as_strided((2, 3), (6, 1)),
    "of later rows": lambda b: b[1:].as_strided((2, 3), (6, 1)),
    "of later rows, from an offset": lambda b: b[1:].as_strided((2, 3), (6, 1), 2),
    "of every second column": lambda b: b[:, ::2].as_strided((2, 2), (2, 6)),
    "between every second column": lambda b: b[:, ::2].as_strided((2, 2), (2, 6), 1),
    "of another": lambda b: b.as_strided((4, 3), (6, 2)).as_strided((2, 2), (6, 1)),
    "of an expanded column": lambda b: b[:, :1].expand(4, 3).as_strided((4, 3), (6, 0)),
}


@pytest.mark.parametrize("fresh", [False, True], ids=["leaf", "computed"])
@pytest.mark.parametrize("name", VIEWS)
def test_values_and_gradients_are_torchs(torch, name, fresh):
    found = []
    for library in (engine, torch):
        x = library.arange(24.0).reshape(4, 6).requires_grad_()
        view = VIEWS[name](x * 2 if fresh else x)
        weights = library.arange(1.0, 1 + view.numel()).reshape(tuple(view.shape))
        slopes = library.autograd.grad((view * weights).sum(), x)[0]
        found.append((view.detach().numpy(), slopes.numpy()))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    np.testing.assert_array_equal(found[0][1], found[1][1])


def test_what_lies_beyond_the_view_that_it_was_taken_of_has_its_gradient_after_a_write() -> None:
    x = engine.arange(6.0).requires_grad_()
    base = x * 1
    wider = base[2:4].as_strided((3,), (1,), 1)
    base.mul_(2)
    (wider * engine.tensor([1.0, 2, 3])).sum().backward()
    assert x.grad.tolist() == [0, 2, 4, 6, 0, 0]


def test_elements_that_take_turns_in_memory_can_be_written() -> None:
    memory = engine.arange(9.0)
    memory.as_strided((2, 3), (3, 2), 1).mul_(10)
    assert memory.tolist() == [0, 10, 2, 30, 40, 50, 60, 7, 80]
