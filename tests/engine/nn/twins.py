"""A module of the engine and its twin of PyTorch: made alike, given the same weights, compared in use."""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

import engine

from ..side_by_side import Side, assert_alike, numbers

Make = Callable[[Any], Any]     # from a library's nn to a module
TOLERANCES = {"float64": 1e-9, "float32": 2e-5}


def with_weights(side: Side, make: Make, training: bool = True) -> Any:
    """The module with weights that depend on nothing but their names; they get gradients to compare."""
    module = make(side.nn).train(training)
    module = module.double() if side.dtype == "float64" else module
    state = {}
    for key, value in module.state_dict().items():
        if value.dtype.is_floating_point:
            drawn = numbers(*value.shape, seed=zlib.crc32(key.encode())) * 0.5
            drawn = drawn ** 2 + 0.5 if key.endswith("running_var") else drawn
            state[key] = side.lib.tensor(drawn.astype(side.dtype))
        else:
            state[key] = side.lib.tensor(np.array(3))
    module.load_state_dict(state)
    side.leaves += module.parameters()
    return module


def assert_twins(
    torch: Any, make: Make, use: Callable[[Side, Any], Any], training: bool = True, dtype: str = "float64"
) -> None:
    """Same outputs, gradients of inputs and parameters, and buffers afterwards."""

    def code(side: Side) -> Any:
        module = with_weights(side, make, training)
        return [use(side, module), [buffer.clone() for buffer in module.buffers()]]

    assert_alike(torch, code, dtype, TOLERANCES[dtype])


def assert_same_face(torch: Any, make: Make) -> None:
    """Same repr, same names, shapes and dtypes of the state, same arguments by name and default."""
    ours, theirs = make(engine.nn), make(torch.nn)
    assert repr(ours) == repr(theirs)
    states = [
        [(key, tuple(value.shape), str(value.dtype)) for key, value in module.state_dict().items()]
        for module in (ours, theirs)
    ]
    assert states[0] == states[1]
    arguments = [
        [
            (p.name, getattr(p.default, "__name__", p.default))
            for p in inspect.signature(type(module)).parameters.values()
        ]
        for module in (ours, theirs)
    ]
    if not {"args", "kwargs"} & {name for name, _ in arguments[1]}:
        assert arguments[0] == arguments[1]
