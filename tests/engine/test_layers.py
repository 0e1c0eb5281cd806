"""Layers: PyTorch's names, repr and initial values; their shape rules hold; `meta` takes no memory."""

import inspect
import typing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import nn
from engine.errors import ShapeError
from engine.nn.bounds import Choice, Inferred, NotOffered, Range

from .side_by_side import assert_alike, assert_refused_alike, numbers

MAKERS = {
    "Linear": lambda m: m.Linear(4, 3),
    "Linear without bias": lambda m: m.Linear(4, 3, bias=False),
    "Identity": lambda m: m.Identity(3, a=1),
    "Conv1d": lambda m: m.Conv1d(4, 6, 3, groups=2, padding="same", padding_mode="circular"),
    "Conv2d": lambda m: m.Conv2d(4, 6, (3, 2), 2, 1, 2, bias=False),
    "Conv2d reflecting": lambda m: m.Conv2d(4, 6, 3, padding=2, padding_mode="reflect"),
    "MaxPool1d": lambda m: m.MaxPool1d(2),
    "MaxPool2d": lambda m: m.MaxPool2d(2, padding=1, ceil_mode=True),
    "AvgPool1d": lambda m: m.AvgPool1d(2),
    "AvgPool2d": lambda m: m.AvgPool2d((2, 3), stride=1),
    "AdaptiveAvgPool2d": lambda m: m.AdaptiveAvgPool2d((None, 2)),
    "Flatten": lambda m: m.Flatten(),
    "Unflatten": lambda m: m.Unflatten(1, (2, -1)),
    "Dropout": lambda m: m.Dropout(0.2),
    "Dropout2d": lambda m: m.Dropout2d(),
    "BatchNorm1d": lambda m: m.BatchNorm1d(4),
    "BatchNorm2d plain": lambda m: m.BatchNorm2d(4, affine=False, track_running_stats=False),
    "BatchNorm2d, mean of all": lambda m: m.BatchNorm2d(4, momentum=None, bias=False),
    "LayerNorm": lambda m: m.LayerNorm(4),
    "LayerNorm of two": lambda m: m.LayerNorm((3, 4), bias=False),
    "LayerNorm plain": lambda m: m.LayerNorm(4, elementwise_affine=False),
    "GroupNorm": lambda m: m.GroupNorm(2, 4),
    "Embedding": lambda m: m.Embedding(5, 3, padding_idx=1, max_norm=2.0, scale_grad_by_freq=True),
    "ReLU": lambda m: m.ReLU(inplace=True),
    "LeakyReLU": lambda m: m.LeakyReLU(0.2),
    "ELU": lambda m: m.ELU(2),
    "SELU": lambda m: m.SELU(),
    "SiLU": lambda m: m.SiLU(True),
    "GELU": lambda m: m.GELU("tanh"),
    "Tanh": lambda m: m.Tanh(),
    "Sigmoid": lambda m: m.Sigmoid(),
    "Softplus": lambda m: m.Softplus(2, 10),
    "Softmax": lambda m: m.Softmax(1),
    "LogSoftmax": lambda m: m.LogSoftmax(-1),
    "MSELoss": lambda m: m.MSELoss(),
    "CrossEntropyLoss": lambda m: m.CrossEntropyLoss(label_smoothing=0.1),
    "BCEWithLogitsLoss": lambda m: m.BCEWithLogitsLoss(),
    "HuberLoss": lambda m: m.HuberLoss(delta=2),
}
INPUTS = {
    "Conv1d": (2, 4, 9), "MaxPool1d": (2, 4, 9), "AvgPool1d": (2, 4, 9), "LayerNorm of two": (2, 3, 4),
    "Unflatten": (2, 4), "Flatten": (2, 3, 4),
}
IMAGES = ("Conv2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "Dropout2d", "BatchNorm2d")
NO_FORWARD = (
    "Dropout",
    "Dropout2d",
    "Embedding",
    "MSELoss",
    "CrossEntropyLoss",
    "BCEWithLogitsLoss",
    "HuberLoss",
)


def input_shape(name):
    return INPUTS.get(name) or ((2, 4, 6, 5) if name.split()[0].rstrip(",") in IMAGES else (2, 4))


@pytest.mark.parametrize("name", MAKERS)
def test_a_layer_prints_and_names_its_state_as_torchs_does(torch, name):
    ours, theirs = MAKERS[name](nn), MAKERS[name](torch.nn)
    assert repr(ours) == repr(theirs)
    shapes = [
        [(k, tuple(v.shape), str(v.dtype)) for k, v in layer.state_dict().items()] for layer in (ours, theirs)
    ]
    assert shapes[0] == shapes[1]
    signatures = [list(inspect.signature(type(layer)).parameters) for layer in (ours, theirs)]
    assert signatures[0] == signatures[1] or signatures[1] == ["args", "kwargs"]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", [n for n in MAKERS if n not in NO_FORWARD])
def test_with_the_same_weights_a_layer_does_what_torchs_does(torch, name, training):
    weights = {
        key: numbers(*value.shape, seed=len(key)) ** 2 if value.dtype.is_floating_point else np.array(3)
        for key, value in MAKERS[name](torch.nn).state_dict().items()
    }

    def code(side):
        layer = MAKERS[name](side.nn).double().train(training)
        layer.load_state_dict({key: side.lib.tensor(value) for key, value in weights.items()})
        x = side.t(numbers(*input_shape(name)))
        side.leaves += layer.parameters()
        outs = [layer(x * 1), layer(x * 2)]
        return [*outs, *(buffer.clone() for buffer in layer.buffers())]

    assert_alike(torch, code)


@pytest.mark.parametrize("name", [n for n in MAKERS if n not in NO_FORWARD])
def test_the_shape_rule_of_a_layer_is_what_its_forward_does(name):
    layer = MAKERS[name](nn)
    shape = input_shape(name)
    assert tuple(layer(engine.ones(*shape)).shape) == layer.output_shape(shape)


@given(
    kernel=st.integers(1, 4), stride=st.integers(1, 3), padding=st.integers(0, 2), dilation=st.integers(1, 3),
    ceil=st.booleans(), shape=st.tuples(st.integers(1, 2), st.just(2), st.integers(1, 9), st.integers(1, 9)),
)
@settings(max_examples=100, deadline=None)
def test_shape_rules_of_windows_hold_for_any_sizes(kernel, stride, padding, dilation, ceil, shape):
    layers = [
        nn.Conv2d(2, 3, kernel, stride, padding, dilation),
        nn.Conv2d(2, 2, kernel, padding="same", groups=2),
    ]
    if padding <= kernel // 2:
        layers += [nn.MaxPool2d(kernel, stride, padding, dilation, ceil_mode=ceil)]
        layers += [nn.AvgPool2d(kernel, stride, padding, ceil)]
    for layer in layers:
        try:
            expected = layer.output_shape(shape)
        except ShapeError:
            with pytest.raises(RuntimeError):
                layer(engine.ones(*shape))
        else:
            assert tuple(layer(engine.ones(*shape)).shape) == expected


@given(
    shape=st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple),
    dims=st.tuples(*[st.integers(-4, 3)] * 2),
)
@settings(max_examples=100, deadline=None)
def test_the_shape_rule_of_flatten_holds_for_any_dimensions(shape, dims):
    layer = nn.Flatten(*dims)
    try:
        expected = layer.output_shape(shape)
    except ShapeError:
        with pytest.raises((RuntimeError, IndexError)):
            layer(engine.ones(*shape))
    else:
        assert tuple(layer(engine.ones(*shape)).shape) == expected


@pytest.mark.parametrize(
    ("layer", "shape", "words", "fix"),
    [
        (
            nn.Linear(8, 4),
            (32, 10),
            r"Linear\(8 → 4\) got input of shape \(32, 10\): the last dimension must be 8",
            "set in_features to 10",
        ),
        (nn.Linear(8, 4), (32, 2, 2, 2), "the last dimension must be 8", "put a Flatten before it"),
        (nn.Conv2d(3, 4, 3), (1, 1, 8, 8), "it must have 3 channels", "set in_channels to 1"),
        (nn.Conv2d(3, 4, 3), (1, 8), "it needs 4 dimensions", "before any Flatten"),
        (nn.Conv2d(3, 4, 9), (1, 3, 8, 8), "kernel of 9 × 9 is larger", "make the kernel smaller"),
        (nn.MaxPool2d(9), (1, 3, 8, 8), "no window fits", "set kernel_size to 8 or less"),
        (nn.BatchNorm1d(3), (2, 4), "dimension 1 must be 3", "set num_features to 4"),
        (nn.BatchNorm1d(3), (2, 3, 4, 4), "needs 2D or 3D input", "use BatchNorm2d"),
        (nn.LayerNorm(3), (2, 4), r"last dimensions must be \[3\]", "set normalized_shape"),
        (nn.GroupNorm(1, 3), (2, 4), "dimension 1 must be 3", "set num_channels to 4"),
        (nn.Softmax(2), (2, 4), "dimensions are -2 to 1", "set dim to -1"),
        (nn.Unflatten(1, (2, 3)), (2, 4), "must multiply to 4", "product is 4"),
    ],
)
def test_an_input_that_does_not_fit_is_explained_with_its_fix(layer, shape, words, fix):
    with pytest.raises(ShapeError, match=words) as caught:
        layer.output_shape(shape)
    assert fix in caught.value.fix


@pytest.mark.parametrize("name", MAKERS)
def test_a_layer_says_of_each_argument_what_it_is_and_may_be(name):
    cls = type(MAKERS[name](nn))
    doc = inspect.getdoc(cls)
    hints = typing.get_type_hints(cls.__init__, include_extras=True)
    assert doc and doc.splitlines()[0].rstrip().endswith((".", ")"))
    for argument in inspect.signature(cls).parameters:
        facts = [f for part in (hints.get(argument), *typing.get_args(hints.get(argument)))
                 for f in getattr(part, "__metadata__", ())]
        if any(isinstance(fact, Range | Choice | Inferred) for fact in facts):
            assert f"    {argument}: " in doc, argument
            default = inspect.signature(cls).parameters[argument].default
            for fact in facts:
                if isinstance(fact, Range | Choice) and isinstance(default, int | float | str):
                    assert default in fact or isinstance(default, str) is not isinstance(fact, Choice)
        assert not (facts and any(isinstance(f, NotOffered) for f in facts) and len(facts) > 1)


@pytest.mark.parametrize("make", [
    lambda: nn.Linear(10**6, 10**6), lambda: nn.Conv2d(10**5, 10**5, 64), lambda: nn.Embedding(10**9, 10**4),
    lambda: nn.LayerNorm(10**12), lambda: nn.Sequential(*(nn.Linear(10**6, 10**6) for _ in range(100))),
])
def test_on_meta_a_layer_has_sizes_but_no_memory(make):
    with nn.meta():
        layer = make()
    for parameter in layer.parameters():
        assert parameter.numel() > 10**6 or parameter.ndim == 1
        assert not parameter.detach().numpy().flags.writeable
        assert not any(parameter.stride())


def test_meta_ends_with_its_block():
    with nn.meta():
        pass
    assert nn.Linear(2, 2).weight.detach().numpy().flags.writeable


def test_linear_begins_within_its_bound_and_reproducibly():
    engine.manual_seed(3)
    one = nn.Linear(100, 50)
    engine.manual_seed(3)
    other = nn.Linear(100, 50)
    assert (one.weight == other.weight).all()
    for parameter in (one.weight, one.bias):
        assert 0.08 < parameter.abs().max().item() <= 0.1
        assert abs(parameter.mean().item()) < 0.02


REFUSED = {
    "groups and inputs": lambda s: s.nn.Conv2d(3, 4, 3, groups=2),
    "groups and outputs": lambda s: s.nn.Conv2d(4, 3, 3, groups=2),
    "no groups": lambda s: s.nn.Conv2d(4, 3, 3, groups=0),
    "same with a stride": lambda s: s.nn.Conv2d(3, 4, 3, padding="same", stride=2),
    "channels in groups": lambda s: s.nn.GroupNorm(3, 4),
    "dropout": lambda s: s.nn.Dropout(-1),
    "padding index": lambda s: s.nn.Embedding(3, 4, padding_idx=5),
    "embedding weight": lambda s: s.nn.Embedding(3, 4, _weight=s.t(numbers(2, 2))),
    "unflatten to a number": lambda s: s.nn.Unflatten(1, 3),
    "unflatten to a word": lambda s: s.nn.Unflatten(1, (2, "a")),
    "unflatten": lambda s: s.nn.Unflatten(1, (2, 2))(s.t(numbers(3, 5))),
    "flatten beyond": lambda s: s.nn.Flatten()(s.t(numbers(3))),
    "flatten backwards": lambda s: s.nn.Flatten(2, 1)(s.t(numbers(3, 3, 3))),
    "normal of an image": lambda s: s.nn.BatchNorm1d(3)(s.t(numbers(2, 3, 4, 4))),
    "normal of a row": lambda s: s.nn.BatchNorm2d(3)(s.t(numbers(2, 3))),
    "normal of one": lambda s: s.nn.BatchNorm1d(3)(s.t(numbers(1, 3))),
    "negative features": lambda s: s.nn.Linear(-1, 3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch, name):
    assert_refused_alike(torch, REFUSED[name])
