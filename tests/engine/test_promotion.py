"""The type of a result is the one PyTorch gives, for every pair of types, shapes and Python numbers."""

import itertools

import numpy as np
import pytest

import engine

from .compare import assert_same

TYPES = ["float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"]
NUMBERS = [True, 2, 0.5]
OPS = {
    "add": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "floor_divide": lambda a, b: a // b,
    "lt": lambda a, b: a < b,
    "eq": lambda a, b: a == b,
}


def attempt(action):
    """The result, or the kind of failure."""
    try:
        return action()
    except (RuntimeError, TypeError) as problem:
        return type(problem).__name__


def agree(torch, action):
    ours, theirs = attempt(lambda: action(engine)), attempt(lambda: action(torch))
    if isinstance(theirs, str):
        assert isinstance(ours, (str, engine.Tensor))
    else:
        assert_same(ours, theirs, rtol=1e-3)


def tensor(library, kind, shape):
    return library.tensor(np.ones(shape), dtype=getattr(library, kind))


@pytest.mark.parametrize("name", list(OPS))
@pytest.mark.parametrize(("left", "right"), list(itertools.product(TYPES, TYPES)))
def test_two_tensors_of_any_types(torch, name, left, right):
    for shapes in itertools.product([(), (2,)], repeat=2):
        agree(torch, lambda lib, s=shapes: OPS[name](tensor(lib, left, s[0]), tensor(lib, right, s[1])))


@pytest.mark.parametrize("name", list(OPS))
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("shape", [(), (2,)])
def test_a_tensor_and_a_number(torch, name, kind, number, shape):
    agree(torch, lambda lib: OPS[name](tensor(lib, kind, shape), number))
    agree(torch, lambda lib: OPS[name](number, tensor(lib, kind, shape)))


@pytest.mark.parametrize(
    "name", ["sum", "prod", "mean", "exp", "sqrt", "cumsum", "std", "abs", "neg", "round", "sign"]
)
@pytest.mark.parametrize("kind", TYPES)
def test_functions_of_one_tensor(torch, name, kind):
    args = (0,) if name == "cumsum" else ()
    agree(torch, lambda lib: getattr(lib, name)(tensor(lib, kind, (3,)), *args))


@pytest.mark.parametrize(("left", "right"), list(itertools.product(TYPES, TYPES)))
def test_joining_and_choosing_promote(torch, left, right):
    agree(torch, lambda lib: lib.cat([tensor(lib, left, (2,)), tensor(lib, right, (1,))]))
    agree(torch, lambda lib: lib.stack([tensor(lib, left, (2,)), tensor(lib, right, (2,))]))
    choice = np.array([True, False])
    agree(torch, lambda lib: lib.where(lib.tensor(choice), tensor(lib, left, (2,)), tensor(lib, right, (2,))))
    assert str(engine.promote_types(getattr(engine, left), getattr(engine, right))) == str(
        torch.promote_types(getattr(torch, left), getattr(torch, right))
    )


@pytest.mark.parametrize(("left", "right"), list(itertools.product(TYPES, TYPES)))
def test_in_place_never_lowers_the_category(torch, left, right):
    ours = attempt(lambda: tensor(engine, left, (2,)).add_(tensor(engine, right, (2,))))
    theirs = attempt(lambda: tensor(torch, left, (2,)).add_(tensor(torch, right, (2,))))
    if isinstance(theirs, str):
        assert ours == theirs
    else:
        assert_same(ours, theirs)


@pytest.mark.parametrize("name", ["sum", "prod", "cumsum", "cumprod", "mean"])
@pytest.mark.parametrize("kind", ["uint8", "int32", "float32", "float64"])
def test_an_explicit_type_is_computed_in_and_returned(torch, name, kind):
    args = (0,) if name.startswith("cum") else ()
    agree(torch, lambda lib: getattr(lib.tensor([100, 90, 80]), name)(*args, dtype=getattr(lib, kind)))


def test_python_floats_become_the_default_type_and_numpy_arrays_keep_theirs():
    assert engine.tensor([1.0, 2.0]).dtype is engine.float32
    assert engine.tensor(np.array([1.0, 2.0])).dtype is engine.float64
    assert engine.tensor([1, 2]).dtype is engine.int64
    assert engine.tensor([True]).dtype is engine.bool
    assert engine.tensor([]).dtype is engine.float32


def test_the_default_type_can_be_changed_and_must_be_a_float():
    engine.set_default_dtype(engine.float64)
    try:
        assert engine.zeros(1).dtype is engine.float64
        assert engine.tensor(0.5).dtype is engine.float64
        assert (engine.tensor([1]) / 2).dtype is engine.float64
    finally:
        engine.set_default_dtype(engine.float32)
    with pytest.raises(TypeError, match="floating-point"):
        engine.set_default_dtype(engine.int64)


def test_a_negative_power_of_integers_is_refused_as_a_number_and_rounded_as_a_tensor(torch):
    for lib in (engine, torch):
        base = lib.tensor([2, 1, -1, 0])
        assert (base ** lib.tensor(-1)).tolist() == [0, 1, -1, 0]
        assert (2 ** lib.tensor(-1)).item() == (lib.tensor(2) ** lib.tensor(-3)).item() == 0
        with pytest.raises(RuntimeError, match="Integers to negative integer powers are not allowed"):
            base ** -1
