"""The learning rate range test: one step at each of many rates, from far too small to far too large.

Smith, Cyclical Learning Rates for Training Neural Networks (2017), §3.3. It trains a model of its own, in a
job of its own: no run knows of it.
"""

import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from playground.experiment.spec import Experiment
from playground.jobs.channel import Channel
from playground.training.build import build
from playground.training.evaluate import judge
from playground.training.trainer import DivergedError, Trainer

LOWEST, HIGHEST = 1e-6, 10.0
FEWEST, MOST = 60, 300
"""Rates that are tried, spread evenly by their logarithm."""

WORKING_SECONDS = 20.0
"""What trying may take about; a model that is slower is tried at fewer rates."""

SECONDS = 90.0
"""After which the job is ended."""

TRIAL_STEPS = 3
NOTHING = 0.01
"""A fall by less than this share of the first loss is none."""


class Swept(NamedTuple):
    """`losses[i]` is the loss after a step at `rates[i]`; `first` that before all of them.

    `smooth` has each loss averaged with its neighbours. It ends where the loss has blown up.
    """

    rates: np.ndarray
    losses: np.ndarray
    smooth: np.ndarray
    first: float


def sweep(trainer: Trainer, rates: np.ndarray) -> Swept:
    """Take one step at each rate, in order, until the loss has blown up. Changes the model."""
    loss_now = judge(trainer.built)
    first = lowest = loss_now()
    losses: list[float] = []
    for rate in rates:
        if not math.isfinite(lowest):
            break
        trainer.lr = float(rate)
        try:
            with np.errstate(all="ignore"):
                trainer.run_step()
        except DivergedError:
            break
        loss = loss_now()
        if not math.isfinite(loss):
            break
        losses.append(loss)
        lowest = min(lowest, loss)
        if loss > 1.2 * first + (first - lowest):
            break
    made = np.array(losses)
    return Swept(rates[: len(made)], made, smoothed(made, len(rates) // 40), first)


def smoothed(values: np.ndarray, reach: int) -> np.ndarray:
    """Each value averaged with up to `reach` neighbours on either side."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    ends = np.minimum(places + reach + 1, len(values))
    starts = np.maximum(places - reach, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))


def suggested(swept: Swept) -> float | None:
    """A tenth of the rate at which the loss was lowest, to one digit; null where it did not fall."""
    if len(swept.smooth) == 0:
        return None
    lowest = int(np.argmin(swept.smooth))
    if swept.first - swept.smooth[lowest] < NOTHING * abs(swept.first):
        return None
    return float(f"{swept.rates[lowest] / 10:.0e}")


def run(payload: Mapping[str, Any], channel: Channel) -> dict[str, Any]:
    """The job: the fields of a `LearningRateReply`."""
    experiment = _endless(Experiment.model_validate(payload["experiment"]))
    files = {sha256: Path(path) for sha256, path in payload["files"].items()}
    count = _how_many(Trainer(build(experiment, files.get)))
    swept = sweep(Trainer(build(experiment, files.get)), np.geomspace(LOWEST, HIGHEST, count))
    found = suggested(swept)
    return {
        "rates": swept.rates.tolist(),
        "losses": swept.losses.tolist(),
        "smooth": swept.smooth.tolist(),
        "first": swept.first if math.isfinite(swept.first) else None,
        "suggestion": found,
        "reason": reason(swept, found),
    }


def reason(swept: Swept, found: float | None) -> str:
    """Why this rate is suggested, or why none is."""
    if not math.isfinite(swept.first):
        return "The loss is not finite before the first step: no learning rate mends that. Look at the data."
    if found is None:
        return (
            f"One step at each of {len(swept.rates):,} growing rates: the loss fell at none of them, so the "
            "rate is not what is wrong. Look at the data, the loss and the layers."
        )
    lowest = int(np.argmin(swept.smooth))
    tried, at = len(swept.rates), swept.rates[lowest]
    beyond = "rose beyond that" if lowest < tried - 1 else "was still falling at the largest"
    return (
        f"One step at each of {tried:,} growing rates: the loss was lowest near {at:.2g} and {beyond}. A "
        f"step cannot be larger than there; a tenth of that rate, {found:g}, leaves room for later steps."
    )


def job(experiment: Experiment, files: Mapping[str, Path]) -> dict[str, Any]:
    """The payload of the job `find_lr`."""
    return {
        "experiment": experiment.model_dump(mode="json"),
        "files": {sha256: str(path) for sha256, path in files.items()},
    }


def _endless(experiment: Experiment) -> Experiment:
    """The same with enough epochs for any number of steps, and no schedule: the sweep is the schedule."""
    training = experiment.training.model_copy(update={"epochs": 100_000, "schedule": None})
    return experiment.model_copy(update={"training": training})


def _how_many(trial: Trainer) -> int:
    """As many rates as can be tried in time, judged by a few steps that change nothing."""
    trial.lr = 0.0
    loss_now = judge(trial.built)
    start = time.perf_counter()
    try:
        for _ in range(TRIAL_STEPS):
            trial.run_step()
            loss_now()
    except DivergedError:
        return FEWEST
    step = (time.perf_counter() - start) / TRIAL_STEPS
    return int(np.clip(WORKING_SECONDS / step, FEWEST, MOST))
