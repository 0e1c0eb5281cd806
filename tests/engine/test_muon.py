"""Muon's steps, which are rounded to bfloat16 on the way, are PyTorch's."""

import numpy as np
import pytest

import engine

SHAPES = [(3, 4), (8, 8), (16, 5), (40, 30)]
VARIANTS = [
    {},
    {"lr": 0.02, "momentum": 0.3, "nesterov": False, "weight_decay": 0.0},
    {"lr": 0.1, "adjust_lr_fn": "match_rms_adamw", "ns_steps": 2},
]


def walk(library, options, steps=4):
    rng = np.random.default_rng(0)
    params = [library.tensor(rng.normal(size=s).astype("float32"), requires_grad=True) for s in SHAPES]
    optimizer = library.optim.Muon(params, **options)
    for _ in range(steps):
        for p in params:
            p.grad = library.tensor(rng.normal(size=tuple(p.shape)).astype("float32"))
        optimizer.step()
    return params, optimizer


@pytest.mark.parametrize("options", VARIANTS, ids=str)
def test_matrices_go_where_torch_takes_them(torch, options):
    (ours, mine), (theirs, reference) = walk(engine, options), walk(torch, options)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), atol=2e-4)
    kept, wanted = mine.state_dict(), reference.state_dict()
    assert kept["param_groups"] == wanted["param_groups"]
    for number, values in wanted["state"].items():
        assert kept["state"][number].keys() == values.keys()


def test_a_step_has_singular_values_near_one():
    p = engine.zeros(6, 4, requires_grad=True)
    p.grad = engine.from_numpy(np.random.default_rng(1).normal(size=(6, 4)).astype("float32"))
    engine.optim.Muon([p], lr=1.0, adjust_lr_fn="original").step()
    sizes = engine.linalg.svdvals(p.detach()) / (6 / 4) ** 0.5
    assert sizes.min() > 0.5
    assert sizes.max() < 1.3


def test_a_captured_step_makes_the_same_steps():
    losses = []
    for decorate in (lambda step: step, engine.capture):
        p = engine.ones(2, 3, requires_grad=True)
        optimizer = engine.optim.Muon([p], lr=0.1)

        @decorate
        def step(x, p=p, optimizer=optimizer):
            optimizer.zero_grad()
            loss = (p * x).pow(2).sum()
            loss.backward()
            optimizer.step()
            return loss

        losses.append([])
        for i in range(9):
            if i == 4:
                optimizer.param_groups[0]["lr"] = 0.01
            if i == 6:
                optimizer.load_state_dict(optimizer.state_dict())
            losses[-1].append(step(engine.ones(2, 3)).item())
    assert losses[0] == losses[1] == sorted(losses[0], reverse=True)
    assert step.replays == 5
