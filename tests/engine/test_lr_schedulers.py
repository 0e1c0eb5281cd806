"""Every schedule gives PyTorch's learning rates, step by step, and goes on from a saved state."""

import copy
import warnings

import numpy as np
import pytest

import engine
from engine import optim

SCHEDULES = {
    "LambdaLR": lambda s, o: s.LambdaLR(o, [lambda e: 0.9**e, lambda e: 1 / (1 + e)]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda e: 0.95 if e % 2 else 1.01),
    "StepLR": lambda s, o: s.StepLR(o, 3, 0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [2, 5, 5, 9], 0.3),
    "ConstantLR": lambda s, o: s.ConstantLR(o, 0.4, 6),
    "LinearLR": lambda s, o: s.LinearLR(o, 0.2, 0.8, 7),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.8),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, 8, 2.0),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 5, 0.01),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2, 0.01),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.01, [0.1, 0.2], 3, 4),
    "CyclicLR, halving": lambda s, o: s.CyclicLR(o, 0.01, 0.1, 3, mode="triangular2"),
    "CyclicLR, shrinking": lambda s, o: s.CyclicLR(o, 0.01, 0.1, 3, mode="exp_range", gamma=0.9),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 0.5, 20),
    "OneCycleLR, three phases": lambda s, o: s.OneCycleLR(
        o, [0.5, 0.1], epochs=4, steps_per_epoch=5, anneal_strategy="linear", three_phase=True),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, 1.0, 4), s.CosineAnnealingLR(o, 6), s.ExponentialLR(o, 0.5)], [4, 12]),
    "SequentialLR of others": lambda s, o: s.SequentialLR(o, [
        s.SequentialLR(o, [s.CosineAnnealingWarmRestarts(o, 3), s.CyclicLR(o, 0.01, 0.1, 3)], [4]),
        s.CosineAnnealingWarmRestarts(o, 4)], [9]),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 4), s.ExponentialLR(o, 0.9)]),
}


def optimizer(lib, kind="SGD"):
    groups = [
        {"params": [lib.ones(1, requires_grad=True)]},
        {"params": [lib.ones(2, requires_grad=True)], "lr": 0.3},
    ]
    options = {"momentum": 0.9} if kind == "SGD" else {}
    return getattr(lib.optim, kind)(groups, lr=0.1, **options)


def momentum(group):
    return group["betas"][0] if "betas" in group else group["momentum"]


def walk(opt, schedule, steps):
    seen = []
    for _ in range(steps):
        seen.append([(float(g["lr"]), float(momentum(g))) for g in opt.param_groups])
        assert schedule.get_last_lr() == [g["lr"] for g in opt.param_groups]
        opt.step()
        schedule.step()
    return seen


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_learning_rates_and_momenta_are_torchs(torch, name, kind):
    seen = []
    for lib in (engine, torch):
        opt = optimizer(lib, kind)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen.append(walk(opt, SCHEDULES[name](lib.optim.lr_scheduler, opt), 19))
    np.testing.assert_allclose(*seen, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_goes_on_from_its_saved_state(name):
    one, other = optimizer(engine), optimizer(engine)
    whole, part = (SCHEDULES[name](optim.lr_scheduler, o) for o in (one, other))
    walk(one, whole, 6)
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    part.load_state_dict(copy.deepcopy(whole.state_dict()))
    assert walk(one, whole, 6) == walk(other, part, 6)


@pytest.mark.parametrize("options", [
    {"patience": 1}, {"patience": 0, "cooldown": 2, "factor": 0.5}, {"mode": "max", "threshold_mode": "abs"},
    {"patience": 0, "min_lr": [0.05, 0.01]}, {"patience": 0, "threshold": 0.5, "eps": 0.02},
], ids=str)
def test_a_plateau_shortens_the_steps_when_torchs_does(torch, options):
    metrics = [1.0, 0.9, 0.95, 0.96, 0.95, 0.5, 0.6, 0.6, 0.6, float("nan"), 0.6, 0.1, 0.2, 0.3]
    seen = []
    for lib in (engine, torch):
        opt = optimizer(lib)
        schedule = lib.optim.lr_scheduler.ReduceLROnPlateau(opt, **options)
        rates = []
        for metric in metrics:
            schedule.step(lib.tensor(metric))
            rates.append((schedule.get_last_lr(), schedule.num_bad_epochs))
        seen.append(rates)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("name", ["CosineAnnealingLR", "CyclicLR", "LinearLR", "SequentialLR of others"])
def test_a_learning_rate_that_is_a_tensor_stays_that_tensor(torch, name):
    seen = []
    for lib in (engine, torch):
        rates = [lib.tensor(0.1, dtype=lib.float64), lib.tensor(0.3, dtype=lib.float64)]
        opt = lib.optim.SGD([{"params": [lib.ones(1)], "lr": rate} for rate in rates], momentum=0.9)
        schedule = SCHEDULES[name](lib.optim.lr_scheduler, opt)
        trace = []
        for _ in range(9):
            opt.step()
            schedule.step()
            trace.append([float(rate) for rate in rates])
            assert all(lib.is_tensor(rate) for rate in schedule.get_last_lr())
        seen.append(trace)
    np.testing.assert_allclose(*seen, rtol=1e-12)


def test_what_cycles_leave_in_their_groups_is_torchs(torch):
    groups = []
    for lib in (engine, torch):
        opt = optimizer(lib)
        lib.optim.lr_scheduler.CyclicLR(opt, 0.01, 0.1)
        groups.append([{k: v for k, v in group.items() if k != "params"} for group in opt.param_groups])
    assert groups[0] == groups[1]


REFUSED = {
    "no optimizer": lambda s, o: s.StepLR(3, 1),
    "no optimizer to cycle": lambda s, o: s.OneCycleLR(3, 0.1, 5),
    "lambdas": lambda s, o: s.LambdaLR(o, [abs]),
    "start factor": lambda s, o: s.LinearLR(o, 0),
    "end factor": lambda s, o: s.LinearLR(o, 0.1, 2),
    "factor": lambda s, o: s.ConstantLR(o, 2),
    "restart": lambda s, o: s.CosineAnnealingWarmRestarts(o, 0),
    "restart times": lambda s, o: s.CosineAnnealingWarmRestarts(o, 1, 0),
    "no steps": lambda s, o: s.OneCycleLR(o, 0.1),
    "negative steps": lambda s, o: s.OneCycleLR(o, 0.1, -1),
    "share": lambda s, o: s.OneCycleLR(o, 0.1, 5, pct_start=2.0),
    "strategy": lambda s, o: s.OneCycleLR(o, 0.1, 5, anneal_strategy="foo"),
    "mode": lambda s, o: s.CyclicLR(o, 0.1, 0.2, mode="foo"),
    "plateau factor": lambda s, o: s.ReduceLROnPlateau(o, factor=1.0),
    "plateau mode": lambda s, o: s.ReduceLROnPlateau(o, "foo"),
    "plateau rates": lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]),
    "milestones": lambda s, o: s.SequentialLR(o, [s.ExponentialLR(o, 0.5)], [1]),
    "no schedules": lambda s, o: s.SequentialLR(o, [], []),
    "too many steps": lambda s, o: [s.OneCycleLR(o, 0.1, 2).step(e) for e in range(9)],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch, name):
    errors = []
    for lib in (engine, torch):
        with pytest.raises(Exception) as caught, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            REFUSED[name](lib.optim.lr_scheduler, optimizer(lib))
        errors.append((type(caught.value), str(caught.value)))
    assert errors[0] == errors[1]


def test_an_epoch_given_to_a_step_is_warned_of():
    schedule = optim.lr_scheduler.ExponentialLR(optimizer(engine), 0.9)
    with pytest.warns(UserWarning, match="The epoch parameter in `scheduler.step"):
        schedule.step(3)


def test_a_schedule_that_steps_first_is_warned_of():
    schedule = optim.lr_scheduler.ExponentialLR(optimizer(engine), 0.9)
    with pytest.warns(UserWarning, match=r"lr_scheduler.step\(\)` before `optimizer.step\(\)"):
        schedule.step()
