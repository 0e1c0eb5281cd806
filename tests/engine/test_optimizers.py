"""Every optimizer walks the same path as PyTorch's, with all its options, and keeps the same state."""

import copy
import pickle

import numpy as np
import pytest

import engine
from engine import nn, optim

VARIANTS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"amsgrad": True, "maximize": True, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.05}),
    ("AdamW", {"lr": 0.05, "amsgrad": True, "weight_decay": 0.3, "maximize": True}),
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("RMSprop", {}),
    ("RMSprop", {"alpha": 0.8, "momentum": 0.5, "centered": True, "weight_decay": 0.1}),
    ("RMSprop", {"centered": True, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.7, "weight_decay": 0.1, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.1, "betas": (0.7, 0.9), "weight_decay": 0.1}),
    ("NAdam", {}),
    ("NAdam", {"weight_decay": 0.1, "momentum_decay": 0.01}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.1}),
    ("RAdam", {"lr": 0.1, "betas": (0.9, 0.9), "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.1, "betas": (0.9, 0.9), "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.1, "etas": (0.4, 1.3), "step_sizes": (1e-3, 0.3), "maximize": True}),
    ("ASGD", {"lr": 0.1}),
    ("ASGD", {"lr": 0.1, "lambd": 0.01, "alpha": 0.5, "t0": 5, "weight_decay": 0.1}),
    ("Adafactor", {}),
    ("Adafactor", {"lr": 0.5, "beta2_decay": -0.3, "eps": (1e-3, 0.1), "d": 1.5, "weight_decay": 0.1}),
    ("Adafactor", {"lr": 0.1, "maximize": True}),
]
SHAPES = [(3, 2), (3,), (2, 3, 2), ()]


def start(library, dtype="float64"):
    """The same four parameters in either library."""
    rng = np.random.default_rng(7)
    return [
        library.tensor(rng.normal(size=s), dtype=getattr(library, dtype), requires_grad=True) for s in SHAPES
    ]


def run(library, optimizer, params, steps, seed=3):
    """Steps with gradients that depend on where the parameters are, and on noise."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        for p in params:
            noise = rng.normal(size=tuple(p.shape))
            p.grad = library.tensor(p.detach().numpy() * 0.3 + noise, dtype=p.dtype)
        optimizer.step()


def arrays(params):
    return [p.detach().numpy().copy() for p in params]


def assert_equal(ours, theirs, tolerance=1e-12):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=lambda v: str(v))
def test_thirty_steps_go_where_torch_goes(torch, name, options):
    results = []
    for library in (engine, torch):
        params = start(library)
        optimizer = getattr(library.optim, name)(params, **options)
        run(library, optimizer, params, 30)
        results.append(arrays(params))
    assert_equal(*results)


@pytest.mark.filterwarnings("ignore:.*duplicate parameters")
@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=lambda v: str(v))
def test_a_parameter_that_is_there_twice_is_updated_twice_as_in_torch(torch, name, options):
    results = []
    for library in (engine, torch):
        params = start(library)
        optimizer = getattr(library.optim, name)([*params, params[0]], **options)
        run(library, optimizer, params, 10)
        results.append(arrays(params))
    assert_equal(*results)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=lambda v: str(v))
def test_the_state_dict_has_torchs_layout_types_and_numbers(torch, name, options):
    states = []
    for library in (engine, torch):
        params = start(library, "float32")
        optimizer = getattr(library.optim, name)(params, **options)
        run(library, optimizer, params, 3)
        states.append(optimizer.state_dict())
    ours, theirs = states
    assert ours["param_groups"] == theirs["param_groups"]
    assert ours["state"].keys() == theirs["state"].keys()
    for number, values in theirs["state"].items():
        mine = ours["state"][number]
        assert mine.keys() == values.keys()
        for key, value in values.items():
            assert str(mine[key].dtype) == str(value.dtype)
            assert tuple(mine[key].shape) == tuple(value.shape)
            np.testing.assert_allclose(mine[key].numpy(), value.numpy(), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=lambda v: str(v))
def test_training_goes_on_the_same_after_a_state_dict_round_trip(name, options):
    whole = start(engine, "float32")
    one = getattr(optim, name)(whole, **options)
    run(engine, one, whole, 5, seed=1)
    part = [p.detach().clone().requires_grad_() for p in whole]
    other = getattr(optim, name)(part, **options)
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    run(engine, one, whole, 5, seed=2)
    run(engine, other, part, 5, seed=2)
    assert_equal(arrays(whole), arrays(part), 0)


@pytest.mark.parametrize("name", ["NAdam", "ASGD"])
def test_numbers_kept_once_per_parameter_take_its_dtype_when_loaded_as_in_torch(torch, name):
    results, kinds = [], []
    for library in (engine, torch):
        params = start(library)
        first = getattr(library.optim, name)(params, lr=0.1)
        run(library, first, params, 4)
        then = getattr(library.optim, name)(params, lr=0.1)
        then.load_state_dict(copy.deepcopy(first.state_dict()))
        run(library, then, params, 4)
        results.append(arrays(params))
        kinds.append([str(value.dtype) for value in then.state_dict()["state"][0].values()])
    assert_equal(*results)
    assert kinds[0] == kinds[1]


AGAIN = {"copied": copy.deepcopy, "pickled": lambda optimizer: pickle.loads(pickle.dumps(optimizer))}


@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
def test_a_copy_of_an_optimizer_trains_its_own_parameters_the_same(again):
    params = start(engine)
    one = optim.Adam(params, lr=0.1)
    run(engine, one, params, 3, seed=1)
    other = again(one)
    others = other.param_groups[0]["params"]
    run(engine, one, params, 3, seed=2)
    run(engine, other, others, 3, seed=2)
    assert all(a is not b for a, b in zip(params, others, strict=True))
    assert_equal(arrays(params), arrays(others), 0)


def test_groups_have_their_own_options_and_the_defaults_for_the_rest(torch):
    results = []
    for library in (engine, torch):
        params = start(library)
        groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.5, "weight_decay": 0.1}]
        optimizer = library.optim.SGD(groups, lr=0.1, momentum=0.9)
        run(library, optimizer, params, 4)
        optimizer.param_groups[0]["lr"] = 0.01
        run(library, optimizer, params, 4)
        results.append(arrays(params))
    assert_equal(*results)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_parameters_without_gradient_rest_and_take_up_again(torch, name):
    options = {"momentum": 0.9} if name == "SGD" else {}
    results = []
    for library in (engine, torch):
        params = start(library)
        optimizer = getattr(library.optim, name)(params, lr=0.1, **options)
        for present in ((0, 1, 2, 3), (0, 2), (1,), (0, 1, 2, 3), (3, 0)):
            optimizer.zero_grad()
            for i in present:
                params[i].grad = library.tensor(np.full(SHAPES[i], i + 0.5), dtype=params[i].dtype)
            optimizer.step()
        results.append(arrays(params))
    assert_equal(*results)


def test_a_parameter_that_shares_memory_keeps_sharing_it():
    source = np.ones(3, np.float32)
    shared, other = engine.from_numpy(source).requires_grad_(), engine.ones(2, requires_grad=True)
    optimizer = optim.SGD([shared, other], lr=1.0)
    shared.grad, other.grad = engine.ones(3), engine.ones(2)
    optimizer.step()
    np.testing.assert_array_equal(source, np.zeros(3))
    np.testing.assert_array_equal(other.detach().numpy(), np.zeros(2))


def test_views_of_parameters_taken_before_and_after_see_every_update():
    model = nn.Linear(2, 2)
    before = model.state_dict()
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    after = model.weight.detach()
    model(engine.ones(1, 2)).sum().backward()
    optimizer.step()
    now = model.weight.detach().numpy()
    np.testing.assert_array_equal(before["weight"].numpy(), now)
    np.testing.assert_array_equal(after.numpy(), now)


def test_tied_parameters_stay_one():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    model(engine.ones(1, 2)).sum().backward()
    optimizer.step()
    assert model[1].weight is model[0].weight
    assert len(optimizer.param_groups[0]["params"]) == 3


def test_new_values_given_to_a_parameter_are_what_is_updated():
    params = [engine.ones(2, requires_grad=True), engine.ones(3, requires_grad=True)]
    optimizer = optim.Adam(params, lr=0.1)
    for p in params:
        p.grad = engine.ones(*p.shape)
    optimizer.step()
    params[0].data = engine.full((2,), 5.0)
    optimizer.step()
    np.testing.assert_allclose(params[0].detach().numpy(), 4.9, rtol=1e-5)


def test_a_step_leaves_gradients_alone_and_raises_the_version():
    p = engine.ones(3, requires_grad=True)
    grad = engine.tensor([1.0, 2.0, 3.0])
    p.grad = grad
    version = p._version
    optim.AdamW([p], lr=0.1, maximize=True).step()
    assert p.grad is grad
    np.testing.assert_array_equal(grad.numpy(), [1, 2, 3])
    assert p._version > version


def test_large_parameters_are_updated_in_pieces_all_of_them():
    rng = np.random.default_rng(0)
    value, grad = rng.normal(size=(300, 400)), rng.normal(size=(300, 400))
    whole = engine.tensor(value, requires_grad=True)
    small = [engine.tensor(row, requires_grad=True) for row in value]
    one, many = optim.Adam([whole], lr=0.1), optim.Adam(small, lr=0.1)
    for _ in range(2):
        whole.grad = engine.tensor(grad)
        for p, row in zip(small, grad, strict=True):
            p.grad = engine.tensor(row)
        one.step()
        many.step()
    assert_equal([whole.detach().numpy()], [np.stack(arrays(small))], 0)


def test_float32_stays_float32():
    params = start(engine, "float32")
    for name in optim.__all__:
        if isinstance(getattr(optim, name), type) and name not in ("LBFGS", "Muon", "Optimizer"):
            optimizer = getattr(optim, name)(params)
            run(engine, optimizer, params, 2)
            assert all(p.dtype == engine.float32 for p in params)
            assert all(t.dtype == engine.float32 for s in optimizer.state.values() for t in s.values())


def test_step_returns_the_closures_loss_and_lets_it_record():
    p = engine.ones(2, requires_grad=True)
    optimizer = optim.SGD([p], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with engine.no_grad():
        loss = optimizer.step(closure)
    assert loss.item() == 2
    np.testing.assert_allclose(p.detach().numpy(), 0.8)


def test_zero_grad_forgets_or_fills_with_zeros():
    p = engine.ones(2, requires_grad=True)
    optimizer = optim.SGD([p], lr=0.1)
    p.grad = grad = engine.ones(2)
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is grad
    assert grad.tolist() == [0, 0]
    optimizer.zero_grad()
    assert p.grad is None
