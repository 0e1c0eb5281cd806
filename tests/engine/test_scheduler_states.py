"""Schedules saved, loaded and resumed: the same state under the same names as PyTorch's."""

from __future__ import annotations

from typing import Any

import pytest

import engine

SCHEDULES = {
    "StepLR": {"step_size": 3},
    "MultiStepLR": {"milestones": [2, 5, 5, 9], "gamma": 0.3},
    "ConstantLR": {"factor": 0.5, "total_iters": 4},
    "LinearLR": {"start_factor": 0.1, "end_factor": 0.8, "total_iters": 6},
    "ExponentialLR": {"gamma": 0.9},
    "PolynomialLR": {"total_iters": 8, "power": 2.0},
    "LambdaLR": {"lr_lambda": lambda epoch: 0.9**epoch},
    "MultiplicativeLR": {"lr_lambda": lambda epoch: 0.9},
    "CosineAnnealingLR": {"T_max": 5, "eta_min": 0.01},
    "CosineAnnealingWarmRestarts": {"T_0": 3, "T_mult": 2, "eta_min": 0.001},
    "CyclicLR": {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 4, "mode": "triangular2"},
    "OneCycleLR": {"max_lr": 0.5, "total_steps": 25, "three_phase": True},
}


def optimizer_of(library: Any) -> Any:
    groups = [{"params": [library.nn.Parameter(library.ones(3))]},
              {"params": [library.nn.Parameter(library.ones(2))], "lr": 0.03}]
    return library.optim.SGD(groups, lr=0.1, momentum=0.9)


def schedule(library: Any, name: str, optimizer: Any, **more: Any) -> Any:
    return getattr(library.optim.lr_scheduler, name)(optimizer, **SCHEDULES[name], **more)


def rates(optimizer: Any, scheduler: Any, steps: int) -> list[float]:
    made = []
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        made += [group[name] for group in optimizer.param_groups for name in ("lr", "momentum")]
    return made


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_saved_schedule_has_the_state_that_pytorch_saves(torch: Any, name: str) -> None:
    saved = []
    for library in (torch, engine):
        optimizer = optimizer_of(library)
        scheduler = schedule(library, name, optimizer)
        rates(optimizer, scheduler, 7)
        saved.append(scheduler.state_dict())
    assert set(saved[1]) == set(saved[0])
    for key, value in saved[0].items():
        same = pytest.approx(value) if isinstance(value, float) else value
        if isinstance(value, list) and value and isinstance(value[0], float):
            same = pytest.approx(value)
        assert saved[1][key] == same, key


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_goes_on_from_a_state_that_pytorch_saved(torch: Any, name: str) -> None:
    theirs, ours = optimizer_of(torch), optimizer_of(engine)
    begun = schedule(torch, name, theirs)
    rates(theirs, begun, 7)
    resumed = schedule(engine, name, ours)
    resumed.load_state_dict(begun.state_dict())
    ours.load_state_dict(theirs.state_dict())
    assert rates(ours, resumed, 9) == pytest.approx(rates(theirs, begun, 9))


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_made_for_a_later_epoch_starts_as_pytorchs(torch: Any, name: str) -> None:
    traces = []
    for library in (torch, engine):
        optimizer = optimizer_of(library)
        rates(optimizer, schedule(library, name, optimizer), 7)
        traces.append(rates(optimizer, schedule(library, name, optimizer, last_epoch=5), 9))
    assert traces[1] == pytest.approx(traces[0])


def test_a_plateau_has_no_place_in_a_sequence_of_schedules() -> None:
    optimizer = optimizer_of(engine)
    parts = [schedule(engine, "StepLR", optimizer), engine.optim.lr_scheduler.ReduceLROnPlateau(optimizer)]
    with pytest.raises(ValueError, match=r"SequentialLR does not support `ReduceLROnPlateau`.* at index 1"):
        engine.optim.lr_scheduler.SequentialLR(optimizer, parts, milestones=[3])


def test_a_callable_scale_is_saved_by_what_it_holds() -> None:
    class Scale:
        def __init__(self, height: float) -> None:
            self.height = height

        def __call__(self, x: float) -> float:
            return self.height

    def made(height: float) -> Any:
        return engine.optim.lr_scheduler.CyclicLR(
            optimizer_of(engine), base_lr=0.0, max_lr=1.0, step_size_up=2, scale_fn=Scale(height)
        )

    state = made(0.5).state_dict()
    assert state["_scale_fn_custom"] == {"height": 0.5}
    resumed = made(0.25)
    resumed.load_state_dict(state)
    assert resumed.scale_fn(1) == 0.5
