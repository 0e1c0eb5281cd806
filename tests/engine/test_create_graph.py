"""Gradients of `create_graph` have a graph where PyTorch's have one, and the same slopes: zeros or none."""

import numpy as np
import pytest

import engine

from .compare import function, outputs
from .samples.table import CASES
from .side_by_side import Side, numbers
from .test_functional import CASES as LAYERS

FLAT = {
    "avg_pool3d": lambda s: s.F.avg_pool3d(s.t(numbers(1, 2, 4, 4, 4)), 2),
    "adaptive_avg_pool3d": lambda s: s.F.adaptive_avg_pool3d(s.t(numbers(1, 2, 4, 4, 4)), (2, 3, 1)),
    "adaptive_max_pool1d": lambda s: s.F.adaptive_max_pool1d(s.t(numbers(2, 3, 7)), 3),
    "adaptive_max_pool2d": lambda s: s.F.adaptive_max_pool2d(s.t(numbers(2, 3, 5, 5)), (2, 3)),
    "interpolate by area": lambda s: s.F.interpolate(s.t(numbers(1, 2, 6)), 4, mode="area"),
    "interpolate": lambda s: s.F.interpolate(s.t(numbers(1, 2, 6)), 4, mode="linear"),
    "max_unpool": lambda s: s.F.max_unpool1d(s.t(numbers(1, 1, 2)), s.t(np.array([[[0, 3]]])), 2),
    "prelu": lambda s: s.F.prelu(s.t(numbers(4)), s.t(np.array([0.2]), False)),
    "threshold": lambda s: s.F.threshold(s.t(numbers(4)), 0.1, 2.0),
    "softshrink": lambda s: s.F.softshrink(s.t(numbers(4)), 0.1),
    "hardshrink": lambda s: s.F.hardshrink(s.t(numbers(4)), 0.1),
    "hardtanh": lambda s: s.F.hardtanh(s.t(numbers(4))),
    "relu6": lambda s: s.F.relu6(s.t(numbers(4))),
    "nll_loss": lambda s: s.F.nll_loss(s.t(numbers(3, 4)), s.t(np.array([0, 3, 1]))),
    "nll_loss, weighted": lambda s: s.F.nll_loss(
        s.t(numbers(3, 4)), s.t(np.array([0, 3, 1])), s.t(np.arange(1.0, 5), False), reduction="none"),
    "nll_loss of images": lambda s: s.F.nll_loss(s.t(numbers(1, 3, 2)), s.t(np.array([[0, 2]]))),
    "cross_entropy": lambda s: s.F.cross_entropy(s.t(numbers(3, 4)), s.t(np.array([0, 3, 1]))),
    "group_norm": lambda s: s.F.group_norm(s.t(numbers(2, 4, 3)), 2, s.t(numbers(4)), s.t(numbers(4))),
    "layer norm of data": lambda s: s.F.layer_norm(
        s.t(numbers(2, 4), False), (4,), s.t(numbers(4)), s.t(numbers(4))),
    "convolution of data": lambda s: s.F.conv1d(
        s.t(numbers(1, 2, 5), False), s.t(numbers(3, 2, 2)), s.t(numbers(3))),
}
ODD = {
    "cdist-0": "PyTorch has no second derivative", "cdist-1": "PyTorch has no second derivative",
    "index_reduce-0": "PyTorch rounds zeros", "scatter_reduce-2": "PyTorch rounds zeros",
    "sinc-1": "PyTorch has NaN at 0",
    "matrix_power-2": "ours gives zeros", "repeat-4": "ours gives zeros", "prod-6": "ours gives zeros",
    "embedding, padding": "PyTorch forgets to scale by frequency",
    "conv2d of none": "ours gives zeros",
    "conv_transpose1d": "the bias has no graph", "conv_transpose2d": "the bias has no graph",
}


def slopes(outs, inputs, library, upstream):
    """For each input's gradient: None, whether it has a graph, or its slopes by all that require grad."""
    outs = [out for out in outputs(outs) if getattr(out, "requires_grad", False)]
    weights = [
        library.tensor(numbers(*out.shape, seed=i), dtype=out.dtype, requires_grad=upstream)
        for i, out in enumerate(outs)
    ]
    if not outs or not inputs:
        return []
    found = []
    sources = inputs + weights if upstream else inputs
    for i, g in enumerate(library.autograd.grad(outs, inputs, weights, create_graph=True, allow_unused=True)):
        if g is None or not g.requires_grad:
            found.append(g is None)
            continue
        weight = library.tensor(numbers(*g.shape, seed=100 + i), dtype=g.dtype)
        second = library.autograd.grad(g, sources, weight, retain_graph=True, allow_unused=True)
        found.append([None if each is None else (each.detach() + 0).tolist() for each in second])
    return found


def of_sample(name, sample, library, upstream):
    inputs = []

    def tensor(array):
        floating = array.dtype.kind == "f"
        made = library.from_numpy(array.astype(np.float64) if floating else array.copy())
        if floating:
            inputs.append(made.requires_grad_())
        return made

    args, kwargs = sample.build(tensor)
    return slopes(function(name, library)(*args, **kwargs), inputs, library, upstream)


def assert_close(ours, theirs):
    assert len(ours) == len(theirs)
    for mine, reference in zip(ours, theirs, strict=True):
        assert type(mine) is type(reference)
        if isinstance(reference, bool):
            assert mine == reference
            continue
        assert [each is None for each in mine] == [each is None for each in reference]
        for a, b in zip(mine, reference, strict=True):
            if b is not None:
                np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "sample"), [case for case in CASES if case.values[1].grad and case.id not in ODD]
)
def test_each_op_has_the_graph_and_the_slopes_of_torchs(torch, name, sample):
    for upstream in (False, True):
        assert_close(*(of_sample(name, sample, library, upstream) for library in (engine, torch)))


@pytest.mark.parametrize("name", sorted({**LAYERS, **FLAT}.keys() - ODD.keys()))
def test_each_function_of_layers_has_the_graph_and_the_slopes_of_torchs(torch, name):
    def of_function(library, upstream):
        side = Side(library, "float64")
        return slopes({**LAYERS, **FLAT}[name](side), side.leaves, library, upstream)

    for upstream in (False, True):
        assert_close(*(of_function(library, upstream) for library in (engine, torch)))


def test_a_gradient_penalty_on_a_pooled_convolution_is_torchs(torch):
    def penalized(library):
        side = Side(library, "float64")
        x, w, b = side.t(numbers(2, 1, 6, 6)), side.t(numbers(2, 1, 3, 3)), side.t(numbers(2))
        out = library.nn.functional.avg_pool2d(library.nn.functional.conv2d(x, w, b), 2)
        for slope in library.autograd.grad(out.sum(), [x, w, b], create_graph=True):
            slope.square().sum().backward(retain_graph=True)
        return [leaf.grad.tolist() for leaf in (x, w)]

    for mine, theirs in zip(penalized(engine), penalized(torch), strict=True):
        np.testing.assert_allclose(mine, theirs)
