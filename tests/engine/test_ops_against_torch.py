"""Every op of the registry on every sample: values, shapes, dtypes and gradients are PyTorch's."""

from itertools import combinations

import numpy as np
import pytest

import engine
from engine.gradcheck import gradcheck, gradgradcheck
from engine.op import REGISTRY, Op

from .compare import assert_same, function, outputs
from .samples.table import CASES, SAMPLES

SMOOTH = [c for c in CASES if c.values[1].grad and c.values[1].smooth]
PUBLIC = sorted(name for name, made in REGISTRY.items() if not made.internal)


def cast(dtype):
    return lambda a: a.astype(dtype) if a.dtype.kind == "f" else a.copy()


def strided(array):
    """The same values in memory that is not row-major."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


def both(name, sample, torch, requires_grad=False):
    """The results of both libraries, and the tensors they were computed from."""
    made = []
    for library in (engine, torch):
        inputs = []

        def tensor(array, library=library, inputs=inputs):
            t = library.from_numpy(array.copy() if array.flags.c_contiguous else array)
            if requires_grad and array.dtype.kind == "f":
                t.requires_grad_()
            inputs.append(t)
            return t

        args, kwargs = sample.build(tensor)
        made.append((function(name, library)(*args, **kwargs), inputs))
    return made


@pytest.mark.parametrize("name", PUBLIC)
def test_every_op_is_documented_differentiable_or_marked_and_has_samples(name):
    made = REGISTRY[name]
    assert made.doc and made.family
    assert made.rule is not None or made.nondiff or not isinstance(made, Op)
    assert SAMPLES.get(name)


@pytest.mark.parametrize("name", sorted(n for n, made in REGISTRY.items() if made.internal))
def test_every_internal_op_has_a_rule_or_is_marked(name):
    assert REGISTRY[name].rule is not None or REGISTRY[name].nondiff


@pytest.mark.parametrize(("name", "sample"), CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_shapes_and_dtypes_are_those_of_torch(torch, name, sample, dtype):
    (ours, _), (theirs, _) = both(name, sample.changed(cast(dtype)), torch)
    assert_same(ours, theirs)


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_values_are_those_of_torch_where_memory_is_not_contiguous(torch, name, sample):
    (ours, _), (theirs, _) = both(name, sample.changed(cast("float32")).changed(strided), torch)
    assert_same(ours, theirs)


@pytest.mark.parametrize(("name", "sample"), [c for c in CASES if c.values[1].grad])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_are_those_of_torch(torch, name, sample, dtype):
    made = both(name, sample.changed(cast(dtype)), torch, requires_grad=True)
    for library, (result, _) in zip((engine, torch), made, strict=True):
        floats = [out for out in outputs(result) if out.requires_grad]
        weights = [np.random.default_rng(i).standard_normal(out.shape) for i, out in enumerate(floats)]
        for out, weight in zip(floats, weights, strict=True):
            out.backward(library.tensor(weight, dtype=out.dtype), retain_graph=True)
    tolerance = 2e-4 if dtype == "float32" else 1e-9
    for mine, reference in zip(made[0][1], made[1][1], strict=True):
        assert (mine.grad is None) == (reference.grad is None)
        if reference.grad is not None:
            assert_same(mine.grad, reference.grad, rtol=tolerance, atol=tolerance / 10)
    assert_each_has_its_own(made[0][1])


def assert_each_has_its_own(leaves):
    """A rule may not give one array for two inputs: a change of one gradient would change the other."""
    grads = [leaf.grad.numpy() for leaf in leaves if leaf.grad is not None]
    assert not any(np.shares_memory(a, b) for a, b in combinations(grads, 2))


def differentiable(sample):
    """The engine's tensors of a sample in float64, and a function of those that require grad."""
    inputs = []

    def collect(array):
        t = engine.from_numpy(array.copy())
        if array.dtype.kind == "f":
            t.requires_grad_()
            inputs.append(t)
        return t

    args, kwargs = sample.changed(cast("float64")).build(collect)
    return args, kwargs, inputs


@pytest.mark.parametrize(("name", "sample"), SMOOTH)
def test_first_derivatives_are_those_of_differences(name, sample):
    args, kwargs, inputs = differentiable(sample)
    call = function(name, engine)
    assert gradcheck(lambda *_: call(*args, **kwargs), inputs, fast_mode=True)


@pytest.mark.parametrize(("name", "sample"), SMOOTH)
def test_second_derivatives_are_those_of_differences(name, sample):
    args, kwargs, inputs = differentiable(sample)
    call = function(name, engine)
    assert gradgradcheck(lambda *_: call(*args, **kwargs), inputs, fast_mode=True)
