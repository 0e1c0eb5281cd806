"""What programs of earlier years call: old hooks, old argument names, models spread over devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import engine

from .compare import assert_same
from .side_by_side import numbers


def model(library: Any) -> Any:
    nn = library.nn
    made = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).double()
    for number, value in enumerate(made.parameters()):
        value.data = library.tensor(numbers(*value.shape, seed=number))
    return made


def guided(library: Any) -> Any:
    """Guided backpropagation: gradients through a ReLU, doubled by a hook of the old form."""
    module, seen = model(library), []

    def hook(layer: Any, grad_input: Any, grad_output: Any) -> Any:
        seen.append(grad_output[0])
        return (grad_input[0] * 2,)

    module[1].register_backward_hook(hook)
    x = library.tensor(numbers(4, 2, seed=7), requires_grad=True)
    module(x).sum().backward()
    return [x.grad, *seen]


def batched(library: Any) -> Any:
    x = library.tensor(numbers(3), requires_grad=True)
    return library.autograd.grad(x**3, x, library.eye(3, dtype=library.float64), is_grads_batched=True)


def starting(library: Any) -> Any:
    x = library.tensor(numbers(3), requires_grad=True)
    with pytest.warns(FutureWarning, match="grad_variables"):
        library.autograd.backward(x * x, grad_variables=library.ones(3, dtype=library.float64))
    return x.grad


def spread(library: Any) -> Any:
    return library.nn.DataParallel(model(library))(library.tensor(numbers(4, 2)))


SAME: dict[str, Callable[[Any], Any]] = {
    "guided": guided, "batched": batched, "starting": starting, "spread": spread,
}


@pytest.mark.parametrize("name", SAME)
def test_old_ways_give_torchs_numbers(torch: Any, name: str) -> None:
    assert_same(SAME[name](engine), SAME[name](torch), rtol=1e-9)


SHOWN: dict[str, Callable[[Any], Any]] = {
    "names": lambda m: list(m.nn.DataParallel(model(m)).state_dict()),
    "repr": lambda m: repr(m.nn.DataParallel(model(m))),
    "multiplied": lambda m: repr(m.nn.Sequential(m.nn.ReLU()).__imul__(3)),
    "replaced": lambda m: repr([made.set_submodule("1", m.nn.Tanh()) or made for made in [model(m)]]),
    "counted": lambda m: [
        len(list(m.nn.ModuleList([layer, layer]).modules(remove_duplicate=once)))
        for layer in [m.nn.Linear(1, 1)] for once in (True, False)
    ],
}


@pytest.mark.parametrize("name", SHOWN)
def test_containers_show_what_torchs_show(torch: Any, name: str) -> None:
    assert SHOWN[name](engine) == SHOWN[name](torch)


def test_old_and_new_backward_hooks_do_not_mix(torch: Any) -> None:
    said = []
    for library in (engine, torch):
        module = library.nn.ReLU()
        module.register_backward_hook(lambda *_: None)
        with pytest.raises(RuntimeError) as caught:
            module.register_full_backward_hook(lambda *_: None)
        said.append(str(caught.value))
    assert said[0] == said[1]
