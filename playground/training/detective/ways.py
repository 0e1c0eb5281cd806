"""Ways out of a divergence: which changes of the experiment would have kept the numbers finite, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from playground.experiment.catalog import of_scores
from playground.experiment.fixes import Fix, SetEdit
from playground.experiment.log_sum_exp import combined
from playground.training.build import Built
from playground.training.detective.culprit import Culprit
from playground.training.detective.growth import Stepped

UNSCALED = 100.0
"""Inputs larger than this make sums too large for learning rates that are usual."""

USUAL_DECAY = 0.01
LEAST_WEIGHT = 0.01

MOST_NORM = 10.0
"""Gradients are longer than this only on the way out."""

EPS = {"layer": 1e-5, "optimizer": 1e-8}


@dataclass(frozen=True)
class Way:
    """A fix and why it should help. `lr` is the rate that it sets in a run under way, where it does;
    `with_rate` says that it is worth taking beside a smaller rate too."""

    fix: Fix
    reason: str
    lr: float | None = None
    with_rate: bool = False


def ways(built: Built, culprit: Culprit, steps: Sequence[Stepped]) -> Iterator[Way]:
    """Those that have to do with what was found, learning rates apart."""
    yield from _weighed(built, culprit)
    yield from _log_sum_exp(built)
    yield from eps(built, culprit)
    yield from less_decay(built)
    if built.experiment.training.clip_norm is None and culprit.part != "given":
        yield _clipped(steps)


def chosen_rate(built: Built, lr: float) -> float:
    """The rate that was chosen: `lr`, the present one, where no schedule has moved it."""
    group = built.optimizer.param_groups[0]
    return lr if built.scheduler is None else float(group.get("max_lr", group.get("initial_lr", lr)))


def slower(built: Built, lr: float) -> Way:
    """Set the learning rate; `reason` is for who has tried it to say."""
    schedule = built.experiment.training.schedule
    one_cycle = schedule is not None and schedule.type == "OneCycleLR"
    where = "training/schedule/args/max_lr" if one_cycle else "optimizer/args/lr"
    what = "the largest learning rate" if one_cycle else "the learning rate"
    return Way(Fix(label=f"Set {what} to {lr:g}", edits=(SetEdit(where=where, value=lr),)), "", lr)


def _weighed(built: Built, culprit: Culprit) -> Iterator[Way]:
    """A small weight instead of none, where all samples of a batch counted nothing."""
    weight = built.experiment.loss.args.get("weight")
    if culprit.phase != "loss" or not isinstance(weight, tuple) or all(weight):
        return
    edit = SetEdit(where="loss/args/weight", value=tuple(each or LEAST_WEIGHT for each in weight))
    reason = "The loss is divided by the sum of the weights, which is 0 for a batch of such classes only."
    label = f"Set the weight of 0 to {LEAST_WEIGHT:g}"
    yield Way(Fix(label=label, edits=(edit,)), reason)


def _log_sum_exp(built: Built) -> Iterator[Way]:
    last, loss = built.layers[-1], built.experiment.loss
    fix = combined(loss, type(last.module).__name__, last.id, last.name)
    if fix is None:
        return
    better = of_scores(loss.type)
    exponential = "softmax" if built.target == "class index" else "sigmoid"
    reason = (
        f"{better} computes {exponential} and logarithm together (log-sum-exp: the largest score is "
        f"subtracted first), so it neither overflows nor takes the logarithm of 0. It expects raw scores."
    )
    yield Way(fix, reason, with_rate=True)


def eps(built: Built, culprit: Culprit) -> Iterator[Way]:
    """An eps so small that it does not keep a divisor from 0."""
    if culprit.layer is not None and hasattr(culprit.layer.module, "eps"):
        now = float(culprit.layer.module.eps)
        if now < EPS["layer"]:
            edit = SetEdit(where=f"layers/{culprit.layer.id}/args/eps", value=EPS["layer"])
            label = f"Set eps of {culprit.layer.name} to {EPS['layer']:g}"
            why = f"It divides by √(variance + eps), which is almost 0 for equal numbers: eps is {now:g}."
            yield Way(Fix(label=label, edits=(edit,)), why)
    now = float(built.optimizer.param_groups[0].get("eps", EPS["optimizer"]))
    if culprit.part == "update" and culprit.op in ("step", "divisor") and now < EPS["optimizer"]:
        label = f"Set eps of {type(built.optimizer).__name__} to {EPS['optimizer']:g}"
        edit = SetEdit(where="optimizer/args/eps", value=EPS["optimizer"])
        reason = f"eps keeps the divisor of an update away from 0, and it is only {now:g}."
        yield Way(Fix(label=label, edits=(edit,)), reason)


def less_decay(built: Built) -> Iterator[Way]:
    """A weight decay that takes more of a weight away in a step than there is."""
    group = built.optimizer.param_groups[0]
    decay = float(group.get("weight_decay", 0.0))
    share = decay * chosen_rate(built, float(group["lr"]))
    if share > 1:
        edit = SetEdit(where="optimizer/args/weight_decay", value=USUAL_DECAY)
        reason = (
            f"Each step takes learning rate × weight_decay, here {share:.3g}, of a weight away: above 1 its "
            "sign changes, above 2 it grows with every step."
        )
        label = f"Set weight_decay to {USUAL_DECAY:g}"
        yield Way(Fix(label=label, edits=(edit,)), reason, with_rate=True)


def scaled(built: Built) -> Iterator[Way]:
    """Standardise columns that are large: what comes of them is nobody else's fault."""
    data, prepared = built.experiment.data, built.prepared
    if data.csv is not None and not data.csv.standardize:
        where = "data/csv/standardize"
    elif data.args.get("standardize") is False:
        where = "data/args/standardize"
    else:
        return
    numbers = {"inputs": prepared.x_train, "targets": prepared.y_train}
    sizes = {what: float(np.abs(array).max(initial=0)) for what, array in numbers.items()}
    large = [f"{what} go up to {size:.3g}" for what, size in sizes.items() if not size <= UNSCALED]
    if not large:
        return
    reason = (
        f"The {' and the '.join(large)}; sums, losses and gradients grow with them. Standardised columns "
        "have mean 0 and standard deviation 1."
    )
    yield Way(Fix(label="Turn Standardize on", edits=(SetEdit(where=where, value=True),)), reason)


def downhill(built: Built) -> Iterator[Way]:
    """Down the gradient, where every step went up."""
    if built.optimizer.param_groups[0].get("maximize"):
        edit = SetEdit(where="optimizer/args/maximize", value=False)
        reason = "With maximize every step goes up the gradient, so the loss grows as far as numbers reach."
        yield Way(Fix(label="Turn maximize off", edits=(edit,)), reason)


def _clipped(steps: Sequence[Stepped]) -> Way:
    """To the norm that gradients had while all was well."""
    norms = [one.gradient for one in steps if 0 < one.gradient < np.inf]
    usual = min(norms, default=1.0)
    norm = float(f"{min(MOST_NORM, max(0.01, usual)):.0e}")
    reason = f"Gradients with a norm above {norm:g} are then scaled down to it."
    if norms and max(norms) > 10 * usual:
        before = f"{usual:.2g} while all was well, and " if usual <= MOST_NORM else ""
        reason += f" The norm was {before}{max(norms):.2g} when it went wrong."
    edit = SetEdit(where="training/clip_norm", value=norm)
    return Way(Fix(label=f"Clip gradients to a norm of {norm:g}", edits=(edit,)), reason, with_rate=True)
