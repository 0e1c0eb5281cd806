"""Module files its parts, names them, saves and loads them, and says where in a model an error was."""

import copy
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import engine
from engine import nn

from .side_by_side import assert_alike, assert_refused_alike, numbers


class Net:
    """The same small model in either library."""

    def __new__(cls, lib):
        class Model(lib.nn.Module):
            def __init__(self):
                super().__init__()
                self.first = lib.nn.Linear(3, 4)
                self.scale = lib.nn.Parameter(lib.ones(2))
                self.register_buffer("seen", lib.zeros(1))
                self.register_buffer("scratch", lib.zeros(1), persistent=False)
                self.blocks = lib.nn.ModuleList([lib.nn.Sequential(lib.nn.Linear(4, 4), lib.nn.ReLU())] * 2)
                self.heads = lib.nn.ModuleDict({"a": lib.nn.Linear(4, 1), "b": lib.nn.Identity()})
                self.nothing = None
                self.register_parameter("absent", None)

            def forward(self, x):
                x = self.first(x)
                for block in self.blocks:
                    x = block(x)
                return self.heads["a"](x)

        return Model()


VIEWS = {
    "state_dict": lambda m: list(m.state_dict()),
    "metadata": lambda m: list(m.state_dict()._metadata.items()),
    "parameters": lambda m: [name for name, _ in m.named_parameters()],
    "parameters, repeated": lambda m: [name for name, _ in m.named_parameters(remove_duplicate=False)],
    "own parameters": lambda m: [name for name, _ in m.named_parameters("x", recurse=False)],
    "buffers": lambda m: [name for name, _ in m.named_buffers()],
    "modules": lambda m: [name for name, _ in m.named_modules()],
    "children": lambda m: [name for name, _ in m.named_children()],
    "repr": repr,
    "dir": lambda m: [n for n in ("first", "scale", "seen", "absent") if n in dir(m)],
    "training": lambda m: (
        [x.training for x in m.eval().modules()] + [x.training for x in m.train().modules()]
    ),
    "requires_grad": lambda m: [p.requires_grad for p in m.requires_grad_(False).parameters()],
    "frozen": lambda m: [p.requires_grad for p in (m.first.requires_grad_(False), m)[1].parameters()],
    "double": lambda m: [str(t.dtype) for t in m.double().state_dict().values()],
    "type": lambda m: [str(t.dtype) for t in m.type(m.double().scale.dtype).state_dict().values()],
    "half and back": lambda m: [str(t.dtype) for t in m.half().float().state_dict().values()],
    "applied": lambda m: (lambda seen: (m.apply(lambda x: seen.append(type(x).__name__)), seen)[1])([]),
    "submodule": lambda m: [repr(m.get_submodule("blocks.0.1")), m.get_parameter("heads.a.weight").shape[0]],
    "list": lambda m: [len(m.blocks), repr(m.blocks[-1]), repr(m.blocks[:1]), "a" in m.heads, list(m.heads)],
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_model_shows_itself_as_torchs_does(torch, view):
    assert VIEWS[view](Net(engine)) == VIEWS[view](Net(torch))


def grown(nn_):
    """Containers after every way to change them."""
    row = nn_.Sequential(nn_.Tanh(), nn_.ReLU())
    row.append(nn_.Sigmoid())
    row.insert(1, nn_.GELU())
    row.extend([nn_.Identity(), nn_.Tanh()])
    del row[2]
    row[0] = nn_.ELU()
    many = nn_.ModuleList([nn_.Tanh()])
    many += [nn_.ReLU(), nn_.ReLU()]
    many.insert(0, nn_.GELU())
    del many[1]
    names = nn_.ModuleDict([("x", nn_.Tanh())])
    names["y"] = nn_.ReLU()
    names.update({"z": nn_.ELU()})
    names.pop("x")
    joined = row + nn_.Sequential(nn_.SELU())
    named = nn_.Sequential(OrderedDict(a=nn_.Tanh(), b=nn_.ReLU()))
    return [
        repr(m)
        for m in (
            named,
            named.a,
            row,
            many,
            names,
            joined,
            row * 2,
            row[1:3],
            [*many, nn_.ELU()],
            row.pop(-1),
        )
    ]


def test_containers_change_as_torchs_do(torch):
    assert grown(nn) == grown(torch.nn)


def load(lib, state, strict=True):
    return lib.nn.Sequential(lib.nn.Linear(2, 3)).load_state_dict(state(lib), strict=strict)


STATES = {
    "nothing": lambda lib: {},
    "more": lambda lib: {
        "0.weight": lib.zeros(3, 2),
        "0.bias": lib.zeros(3),
        "1.w": lib.zeros(1),
        "0.weight.x": 1,
    },
    "another size": lambda lib: {"0.weight": lib.zeros(2, 3), "0.bias": lib.zeros(3)},
    "a number": lambda lib: {"0.weight": lib.zeros(()), "0.bias": lib.zeros(3)},
    "a list": lambda lib: {"0.weight": [1, 2], "0.bias": lib.zeros(3)},
    "no dict": lambda lib: [1],
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_does_not_fit_is_refused_in_torchs_words(torch, state):
    assert_refused_alike(torch, lambda s: load(s.lib, STATES[state]))


def test_a_state_that_fits_only_partly_is_loaded_if_that_is_allowed(torch):
    ours, theirs = (load(lib, STATES["more"], strict=False) for lib in (engine, torch))
    assert repr(ours) == repr(theirs)
    assert ours.unexpected_keys == theirs.unexpected_keys


def test_loading_copies_and_assigning_takes():
    layer, state = nn.Linear(2, 1), {"weight": engine.ones(1, 2), "bias": engine.zeros(1)}
    weight = layer.weight
    assert repr(layer.load_state_dict(state)) == "<All keys matched successfully>"
    assert layer.weight is weight
    state["weight"].zero_()
    assert layer.weight.tolist() == [[1, 1]]
    layer.load_state_dict(state, assign=True)
    assert layer.weight is not weight
    assert isinstance(layer.weight, nn.Parameter)


def test_a_state_dict_shares_memory_and_is_outside_the_graph():
    layer = nn.Linear(2, 1)
    state = layer.state_dict()
    assert not state["weight"].requires_grad
    with engine.no_grad():
        layer.weight.fill_(7)
    assert state["weight"].tolist() == [[7, 7]]


def test_batch_norm_loads_states_from_before_it_counted():
    layer = nn.BatchNorm1d(2)
    state = {k: v for k, v in layer.state_dict().items() if k != "num_batches_tracked"}
    assert not layer.load_state_dict(state).missing_keys


class Unprepared:
    """Modules whose `__init__` forgets to call Module's."""

    def __new__(cls, lib, what):
        class Model(lib.nn.Module):
            def __init__(self):
                if what == "module":
                    self.a = lib.nn.Linear(1, 1)
                elif what == "parameter":
                    self.a = lib.nn.Parameter(lib.zeros(1))
                else:
                    self.register_buffer("a", lib.zeros(1))

        return Model()


REFUSED = {
    "no forward": lambda s: s.nn.Module()(3),
    "no forward of a list": lambda s: s.nn.ModuleList()(3),
    "no init, module": lambda s: Unprepared(s.lib, "module"),
    "no init, parameter": lambda s: Unprepared(s.lib, "parameter"),
    "no init, buffer": lambda s: Unprepared(s.lib, "buffer"),
    "no attribute": lambda s: s.nn.Linear(1, 1).foo,
    "tensor for parameter": lambda s: setattr(s.nn.Linear(1, 1), "weight", s.t([[1.0]])),
    "number for parameter": lambda s: setattr(s.nn.Linear(1, 1), "weight", 3),
    "dotted parameter": lambda s: s.nn.Linear(1, 1).register_parameter("a.b", None),
    "nameless parameter": lambda s: s.nn.Linear(1, 1).register_parameter("", None),
    "numbered parameter": lambda s: s.nn.Linear(1, 1).register_parameter(3, None),
    "taken name": lambda s: s.nn.Linear(1, 1).register_parameter("forward", None),
    "tensor registered": lambda s: s.nn.Linear(1, 1).register_parameter("w", s.t([1.0])),
    "number as buffer": lambda s: s.nn.Linear(1, 1).register_buffer("b", 3),
    "taken buffer name": lambda s: s.nn.Linear(1, 1).register_buffer("weight", None),
    "dotted buffer": lambda s: s.nn.Linear(1, 1).register_buffer("a.b", None),
    "number for buffer": lambda s: setattr(s.nn.BatchNorm1d(1), "running_mean", 3),
    "dotted module": lambda s: s.nn.Linear(1, 1).add_module("a.b", None),
    "nameless module": lambda s: s.nn.Linear(1, 1).add_module("", None),
    "number as module": lambda s: s.nn.Linear(1, 1).add_module("q", 3),
    "numbered module": lambda s: s.nn.Linear(1, 1).add_module(3, None),
    "no submodule": lambda s: s.nn.Linear(1, 1).get_submodule("x.y"),
    "no parameter": lambda s: s.nn.Linear(1, 1).get_parameter("x"),
    "mode": lambda s: s.nn.Linear(1, 1).train(3),
    "integer model": lambda s: s.nn.Linear(1, 1).to(s.lib.int64),
    "number in a row": lambda s: s.nn.Sequential(3),
    "number in a list": lambda s: s.nn.ModuleList([3]),
    "number in a dict": lambda s: s.nn.ModuleDict({"a": 3}),
    "list of a module": lambda s: s.nn.ModuleList(s.nn.Linear(1, 1)),
    "beyond the row": lambda s: s.nn.Sequential(s.nn.Tanh())[1],
    "word in a row": lambda s: s.nn.Sequential(s.nn.Tanh())["a"],
    "insert far": lambda s: s.nn.Sequential().insert(9, s.nn.Tanh()),
    "integer parameter": lambda s: s.nn.Parameter(s.t(np.array([1]))),
    "list as parameter": lambda s: s.nn.Parameter([1.0]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch, name):
    assert_refused_alike(torch, REFUSED[name])


@pytest.mark.parametrize(
    ("model", "shape", "path"),
    [
        (
            nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(4, 1)),
            (5, 2),
            "in layer 2 (Linear): mat1 and mat2",
        ),
        (
            nn.Sequential(nn.Sequential(nn.Identity(), nn.Linear(4, 1))),
            (5, 2),
            "in layer 0.1 (Linear): mat1 and mat2",
        ),
        (nn.Sequential(nn.BatchNorm1d(2)), (1, 2), "in layer 0 (BatchNorm1d): Expected more than 1 value"),
        (nn.Linear(3, 1), (5, 2), "mat1 and mat2 shapes cannot be multiplied (5x2 and 3x1)"),
    ],
)
def test_an_error_names_the_layer_it_comes_from(model, shape, path):
    with pytest.raises((RuntimeError, ValueError)) as caught:
        model(engine.ones(*shape))
    assert str(caught.value).startswith(path)


def test_an_error_inside_ones_own_model_names_the_attribute():
    model = Net(engine)
    model.heads["a"] = nn.Linear(9, 1)
    with pytest.raises(RuntimeError, match=r"^in layer heads\.a \(Linear\): mat1 and mat2"):
        model(engine.ones(1, 3))


def test_hooks_see_and_replace_arguments_and_results():
    layer, seen = nn.Linear(1, 1), []
    before = layer.register_forward_pre_hook(lambda m, args: (args[0] * 0,))
    first = layer.register_forward_pre_hook(lambda m, args: seen.append(args[0].item()), prepend=True)
    after = layer.register_forward_hook(lambda m, args, kwargs, out: out + 1, with_kwargs=True)
    assert layer(engine.ones(1)).item() == pytest.approx(layer.bias.item() + 1)
    assert seen == [1.0]
    for handle in (before, first, after):
        handle.remove()
    assert layer(engine.ones(1)).item() == pytest.approx(layer.bias.item() + layer.weight.item())


BACKWARD = {
    "looking": lambda m, gi, go: None,
    "replacing": lambda m, gi, go: tuple(None if g is None else g * 2 for g in gi),
}


@pytest.mark.parametrize("wanted", [True, False], ids=["of an input", "of parameters only"])
@pytest.mark.parametrize("kind", BACKWARD)
def test_backward_hooks_see_and_replace_what_torchs_do(torch, kind, wanted):
    def code(side):
        seen = []

        def hook(module, grad_input, grad_output):
            seen.extend(g for g in (*grad_input, *grad_output))
            return BACKWARD[kind](module, grad_input, grad_output) if wanted else None

        model = side.nn.Sequential(side.nn.Linear(2, 3), side.nn.Tanh(), side.nn.Linear(3, 1)).double()
        state = {k: side.lib.tensor(numbers(*v.shape)) for k, v in model.state_dict().items()}
        model.load_state_dict(state)
        side.leaves += model.parameters()
        model[2].register_full_backward_pre_hook(lambda m, go: (go[0] * 3,))
        handles = [layer.register_full_backward_hook(hook) for layer in model]
        model(side.t(numbers(4, 2), wanted)).sum().backward()
        for handle in handles:
            handle.remove()
        return [g for g in seen if g is not None]

    assert_alike(torch, code)


def test_a_model_can_be_copied_and_pickled():
    model = Net(engine)
    for other in (
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)))),
    ):
        assert isinstance(next(other.parameters()), nn.Parameter)
        other(engine.ones(1, 3)).sum().backward()
        assert all(p.grad is None for p in model.parameters())


def test_zero_grad_forgets_or_fills():
    layer = nn.Linear(2, 1)
    layer(engine.ones(1, 2)).sum().backward()
    grad = layer.weight.grad
    layer.zero_grad(set_to_none=False)
    assert layer.weight.grad is grad
    assert grad.tolist() == [[0, 0]]
    layer.zero_grad()
    assert layer.weight.grad is None


def test_converting_keeps_the_parameters_themselves():
    layer = nn.Linear(2, 1)
    weight = layer.weight
    layer(engine.ones(1, 2)).sum().backward()
    layer.double()
    assert layer.weight is weight
    assert weight.dtype == weight.grad.dtype == engine.float64
