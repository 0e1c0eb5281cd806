"""L-BFGS takes PyTorch's steps, with and without its line search, and saves a state that goes on the same."""

import numpy as np
import pytest

import engine

X = np.random.default_rng(0).standard_normal((20, 3))
Y = (X**2).sum(1, keepdims=True)
OPTIONS = [
    {},
    {"lr": 0.2, "max_iter": 5},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "lr": 0.1, "history_size": 3},
    {"line_search_fn": "strong_wolfe", "max_eval": 7},
]


def run(library, options, steps=4, resume_at=None):
    net = library.nn.Sequential(library.nn.Linear(3, 6), library.nn.Tanh(), library.nn.Linear(6, 1)).double()
    rng = np.random.default_rng(1)
    with library.no_grad():
        for p in net.parameters():
            p.copy_(library.tensor(rng.standard_normal(tuple(p.shape)) * 0.4))
    x, y = library.tensor(X), library.tensor(Y)
    optimizer = library.optim.LBFGS(net.parameters(), **options)
    losses, evaluations = [], 0

    def closure():
        nonlocal evaluations
        evaluations += 1
        optimizer.zero_grad()
        loss = ((net(x) - y) ** 2).mean()
        loss.backward()
        return loss

    for step in range(steps):
        if step == resume_at:
            saved = optimizer.state_dict()
            optimizer = library.optim.LBFGS(net.parameters(), **options)
            optimizer.load_state_dict(saved)
        losses.append(float(optimizer.step(closure)))
    return losses, evaluations


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_losses_and_evaluations_are_torchs(torch, options):
    ours, theirs = run(engine, options), run(torch, options)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-7)
    assert ours[1] == theirs[1]


def test_a_saved_state_goes_on_as_if_nothing_had_happened():
    options = {"line_search_fn": "strong_wolfe"}
    assert run(engine, options, resume_at=2) == run(engine, options)


def test_it_solves_rosenbrocks_valley():
    point = engine.tensor([-1.5, 2.0], dtype=engine.float64, requires_grad=True)
    optimizer = engine.optim.LBFGS([point], line_search_fn="strong_wolfe", max_iter=100)

    def closure():
        optimizer.zero_grad()
        loss = (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(point.tolist(), [1.0, 1.0], atol=1e-5)


def test_groups_of_parameters_and_other_line_searches_are_refused():
    x = engine.ones(2, requires_grad=True)
    with pytest.raises(ValueError, match="doesn't support per-parameter options"):
        engine.optim.LBFGS([{"params": [x]}, {"params": [engine.ones(1, requires_grad=True)]}])
    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
        engine.optim.LBFGS([x], line_search_fn="armijo")


def test_float32_stays_float32():
    x = engine.ones(3, requires_grad=True)
    optimizer = engine.optim.LBFGS([x], max_iter=3)

    def closure():
        optimizer.zero_grad()
        loss = (x**4).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    kept = optimizer.state[x]
    assert x.dtype == engine.float32
    tensors = [kept["d"], *kept["old_dirs"], *kept["old_stps"], *kept["ro"]]
    assert {t.dtype for t in tensors} == {engine.float32}


def test_its_state_holds_what_torchs_holds(torch):
    found = []
    for lib in (engine, torch):
        x = lib.zeros(2, requires_grad=True)
        optimizer = lib.optim.LBFGS([x], max_iter=6, history_size=8)

        def closure(x=x, optimizer=optimizer):
            optimizer.zero_grad()
            loss = ((x - 3) ** 4).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        found.append(optimizer.state_dict()["state"][0])
    ours, theirs = found
    assert set(ours) == set(theirs)
    assert [al is None for al in ours["al"]] == [al is None for al in theirs["al"]]
    shares = [[float(al) for al in state["al"] if al is not None] for state in found]
    np.testing.assert_allclose(*shares, atol=1e-6)
