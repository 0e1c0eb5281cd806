"""Lists and dicts of parameters, lazy layers and bags of embeddings behave as PyTorch's."""

import copy

import numpy as np
import pytest

import engine
from engine import nn

from ..side_by_side import assert_refused_alike, numbers
from .twins import assert_same_face, assert_twins


def parameters(m, *shapes):
    layers = [m.Linear(shape[-1], shape[0]) for shape in shapes]
    return [layer.weight for layer in layers]


def test_a_parameter_list_is_a_list_of_parameters(torch):
    def seen(lib):
        made = lib.nn.ParameterList(parameters(lib.nn, (2, 3), (4, 1)))
        made += [lib.ones(2), "text"]
        made.append(lib.nn.Linear(1, 1).weight)
        made[0] = lib.zeros(5)
        return [
            repr(made), len(made), list(made.state_dict()), len(list(made.parameters())), repr(made[1:3]),
            [type(value).__name__ for value in made], tuple(made[-1].shape),
        ]

    assert seen(engine) == seen(torch)


def test_a_parameter_dict_is_a_dict_of_parameters(torch):
    def seen(lib):
        first, second = parameters(lib.nn, (2, 3), (4, 1))
        made = lib.nn.ParameterDict({"b": first, "a": second})
        made["c"] = lib.ones(2)
        made.update([("d", 3)])
        both = made | lib.nn.ParameterDict({"e": lib.ones(1)})
        words = [repr(made), list(made), list(both), "a" in made, made.get("z", 5), made.pop("d")]
        made.setdefault("f", lib.ones(3))
        words += [made.popitem()[0], list(made.keys()), list(reversed(made)), list(made.state_dict())]
        del made["a"]
        return [*words, len(made), [tuple(v.shape) for v in made.values()], list(made.copy())]

    assert seen(engine) == seen(torch)


def test_parameters_in_containers_are_trained(torch):
    def use(side, model):
        x = side.t(numbers(2, 3))
        return x @ model[0]["w"].t() + model[1][0]

    def make(m):
        w, b = parameters(m, (4, 3), (1, 4))
        return m.ModuleList([m.ParameterDict({"w": w}), m.ParameterList([b])])

    assert_twins(torch, make, use)


LAZY = {
    "LazyLinear": (lambda m: m.LazyLinear(3), (2, 4)),
    "LazyLinear without bias": (lambda m: m.LazyLinear(3, bias=False), (2, 5, 4)),
    "LazyConv1d": (lambda m: m.LazyConv1d(4, 3, 2), (2, 4, 7)),
    "LazyConv2d": (lambda m: m.LazyConv2d(4, 3, padding=1, groups=2), (2, 4, 5, 5)),
    "LazyConv3d": (lambda m: m.LazyConv3d(4, 2, bias=False), (1, 2, 3, 3, 3)),
    "LazyConvTranspose1d": (lambda m: m.LazyConvTranspose1d(4, 3), (2, 3, 4)),
    "LazyConvTranspose2d": (lambda m: m.LazyConvTranspose2d(4, 3, 2, 1, 1), (2, 3, 4, 4)),
    "LazyConvTranspose3d": (lambda m: m.LazyConvTranspose3d(2, 2), (1, 2, 2, 2, 2)),
    "LazyBatchNorm1d": (lambda m: m.LazyBatchNorm1d(), (4, 3)),
    "LazyBatchNorm2d": (lambda m: m.LazyBatchNorm2d(momentum=0.3), (4, 3, 2, 2)),
    "LazyBatchNorm3d": (lambda m: m.LazyBatchNorm3d(track_running_stats=False), (4, 3, 2, 2, 1)),
    "LazyInstanceNorm1d": (lambda m: m.LazyInstanceNorm1d(), (4, 3, 5)),
    "LazyInstanceNorm2d": (lambda m: m.LazyInstanceNorm2d(affine=False), (4, 3, 5, 2)),
    "LazyInstanceNorm3d": (lambda m: m.LazyInstanceNorm3d(bias=False), (4, 3, 5, 2, 2)),
}


def called(lib, make, shape):
    layer = make(lib.nn)
    layer(lib.ones(*shape))
    return layer


@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
@pytest.mark.parametrize("name", LAZY)
def test_a_lazy_layer_becomes_an_ordinary_one_at_its_first_input(torch, name):
    make, shape = LAZY[name]
    assert repr(make(nn)) == repr(make(torch.nn))
    assert list(make(nn).state_dict()) == list(make(torch.nn).state_dict())
    ours, theirs = called(engine, make, shape), called(torch, make, shape)
    assert type(ours).__name__ == type(theirs).__name__ == name.split()[0][4:]
    assert repr(ours) == repr(theirs)
    shapes = [{key: tuple(value.shape) for key, value in m.state_dict().items()} for m in (ours, theirs)]
    assert shapes[0] == shapes[1]


@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
@pytest.mark.parametrize("name", LAZY)
def test_a_lazy_layer_computes_what_torchs_does(torch, name):
    make, shape = LAZY[name]

    def ready(m):
        return called(engine if m is nn else torch, make, shape)

    assert_twins(torch, ready, lambda side, layer: layer(side.t(numbers(*shape))))


def test_a_lazy_layer_starts_with_the_bounds_of_its_kind():
    layer = nn.LazyLinear(300)
    layer(engine.ones(1, 100))
    weights = layer.weight.detach().numpy()
    assert 0.0999 < weights.max() <= 0.1
    assert -0.1 <= weights.min() < -0.0999
    assert layer.weight.requires_grad
    assert type(layer.weight) is nn.Parameter


def test_a_lazy_layer_takes_its_shapes_from_a_state_dict():
    source, lazy = nn.Linear(4, 3), nn.LazyLinear(3)
    lazy.load_state_dict(source.state_dict())
    x = engine.ones(2, 4)
    assert np.array_equal(lazy(x).detach().numpy(), source(x).detach().numpy())
    assert repr(lazy) == repr(source)


def test_a_lazy_layer_can_be_copied_and_converted_before_its_first_input():
    lazy = copy.deepcopy(nn.Sequential(nn.LazyLinear(3), nn.ReLU())).double()
    assert lazy(engine.ones(2, 4).double()).dtype == engine.float64


@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
@pytest.mark.parametrize(
    "code",
    [
        lambda s: s.nn.LazyLinear(3).weight.shape,
        lambda s: s.nn.Linear(4, 3).load_state_dict(s.nn.LazyLinear(3).state_dict()),
        lambda s: s.nn.LazyConv2d(4, 3)(s.lib.ones(2)),
        lambda s: s.nn.LazyConv2d(4, 3, groups=2)(s.lib.ones(1, 3, 4, 4)),
        lambda s: s.nn.ParameterList([s.lib.ones(2)])(1),
        lambda s: s.nn.ParameterList([s.lib.ones(2)])[3],
        lambda s: s.nn.ParameterList(s.lib.ones(2)),
        lambda s: s.nn.ParameterDict([("a", 1, 2)]),
        lambda s: s.nn.ParameterDict()[3],
        lambda s: s.nn.ParameterDict(3),
        lambda s: s.nn.EmbeddingBag(4, 2, mode="median")(s.lib.tensor([[1]])),
        lambda s: s.nn.EmbeddingBag(4, 2)(s.lib.tensor([1])),
        lambda s: s.nn.EmbeddingBag(4, 2, padding_idx=4),
        lambda s: s.nn.EmbeddingBag(4, 2)(s.lib.tensor([[1, 7]])),
        lambda s: s.nn.EmbeddingBag(4, 2)(s.lib.tensor([[1]]), per_sample_weights=s.lib.ones(1, 1)),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)


BAGS = [
    {}, {"mode": "sum"}, {"mode": "max"}, {"padding_idx": 2},
    {"mode": "max", "padding_idx": -3}, {"include_last_offset": True}, {"max_norm": 0.5, "norm_type": 1.0},
]


@pytest.mark.parametrize("options", BAGS)
def test_a_bag_of_embeddings_is_torchs(torch, options):
    def make(m):
        return m.EmbeddingBag(5, 3, **options)

    def use(side, layer):
        numbers_of = side.lib.tensor(np.array([1, 2, 2, 4, 0, 2]))
        outs = [
            layer(numbers_of.reshape(2, 3)), layer(numbers_of, side.lib.tensor(np.array([0, 2, 2, 6])))
        ]
        if layer.mode == "sum":
            outs.append(layer(numbers_of.reshape(3, 2), per_sample_weights=side.t(numbers(3, 2))))
        return outs

    assert_same_face(torch, make)
    assert_twins(torch, make, use)


def test_the_gradient_of_a_bag_can_be_divided_by_how_often_a_number_occurs():
    # PyTorch documents this, but divides by the count of another number unless the frequent ones come last.
    layer = nn.EmbeddingBag(5, 3, mode="sum", scale_grad_by_freq=True)
    layer(engine.tensor([[1, 2, 2], [4, 0, 2]])).sum().backward()
    assert np.allclose(layer.weight.grad.numpy()[:, 0], [1, 1, 1, 0, 1])
