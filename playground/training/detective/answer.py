"""The detective's answer about a run that has diverged: who, when, how, what led there, and the ways out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.training.detective import growth
from playground.training.detective.arithmetic import Told, arithmetic
from playground.training.detective.culprit import Culprit
from playground.training.detective.scene import MOST_TENSORS, tensor
from playground.training.detective.search import Found, search
from playground.training.detective.trial import Trials, offered
from playground.training.detective.twin import Twin, aside
from playground.training.log import Deed
from playground.training.moment import Moment
from playground.training.probes.pack import figure

if TYPE_CHECKING:
    from playground.training.session import Session

SQUARES = ("exp_avg_sq", "max_exp_avg_sq", "square_avg", "sum")
"""What optimizers divide a step by the root of."""

LARGE = 1e6
"""A weight set by hand to more than this is named."""

MOST_NAMED = 3


def find(session: "Session") -> dict[str, Any]:
    """A `protocol.finding.FindingReply`. The run itself is not touched. Raises Refused."""
    built, deeds, moments = session.trainer.built, session.record.deeds.all, session.travel.moments
    with aside():
        found = search(Twin(built, deeds), moments.all, deeds, session.trainer.step + 1)
        culprit, good = found.culprit, _good(moments.all, found.step)
        trials = Trials(built, deeds, good, found.step)
        ways = list(offered(trials, built, culprit, found.before, session.trainer.lr))
    told = arithmetic(culprit)
    return {
        **_who(found, told, type(built.criterion).__name__),
        "explanation": _explanation(session, found, deeds),
        "inputs": _inputs(culprit, told),
        "output": tensor(culprit.result, culprit.made, culprit.index),
        "chain": growth.chain(found.seen),
        "before": growth.before(found.before),
        "last_good": good.step,
        "ways": [
            {"fix": way.fix.model_dump(), "reason": way.reason, "tried": tried} for way, tried in ways
        ],
    }


def _good(moments: Sequence[Moment], failing: int) -> Moment:
    """The newest good moment before the failing step; the first, where there is none."""
    return next((m for m in reversed(moments) if m.good and m.step < failing), moments[0])


def _who(found: Found, told: Told, loss: str) -> dict[str, Any]:
    culprit = found.culprit
    value = figure(culprit.value)
    return {
        "step": found.step,
        "phase": culprit.phase,
        "layer": growth.layer(culprit.layer),
        "op": culprit.name,
        "line": culprit.line,
        "result": culprit.result,
        "value": f"{culprit.value:g}",
        "index": list(culprit.index),
        "count": int(np.count_nonzero(~np.isfinite(culprit.made))),
        "size": culprit.made.size,
        "arithmetic": told.text,
        "headline": f"Step {found.step:,}, {culprit.phase}: {_subject(culprit, loss)} {value}",
    }


def _subject(culprit: Culprit, loss: str) -> str:
    """Who did it, up to the value."""
    layer = culprit.layer.name if culprit.layer else ""
    if culprit.part == "given":
        batch = {"x": "the inputs of the batch", "y": "the targets of the batch"}
        return f"{f'{culprit.name} of {layer}' if layer else batch[culprit.name]} already held"
    if culprit.phase == "step":
        clipping = culprit.part == "code"
        return f"{'clipping' if clipping else f'the update of {layer}'} made the first"
    if culprit.phase == "backward":
        return f"the {culprit.result} in {layer or loss} was the first"
    return f"{layer or loss} made the first"


def _explanation(session: "Session", found: Found, deeds: Sequence[Deed]) -> str:
    """What the headline leaves out, in sentences."""
    culprit, step, now = found.culprit, found.step, session.trainer.step
    said = [growth.grew(found.before), _by_hand(deeds, step)]
    if culprit.part != "given" and not np.isnan(culprit.value):
        kind = culprit.made.dtype
        largest = figure(float(np.finfo(kind).max))
        said.append(f"The largest {kind} is {largest}; anything beyond becomes inf.")
    if culprit.part == "update" and culprit.op in SQUARES:
        said.append(
            "The weights are still finite, but their steps are divided by its root: divided by inf, a weight "
            "never moves again."
        )
    if step <= now:
        said.append(f"It was noticed after step {now:,}.")
    return " ".join(filter(None, said))


def _by_hand(deeds: Sequence[Deed], step: int) -> str:
    """Weights that were set to something large last, before this step."""
    large = [d for d in deeds if d.do == "edit" and d.step < step and not abs(d.value or 0.0) <= LARGE]
    if not large:
        return ""
    after = large[-1].step
    last = [(f"{d.what}{list(d.element)}", figure(d.value or 0.0)) for d in large if d.step == after]
    (place, value), *others = last[:MOST_NAMED]
    also = "".join(f", {place} to {value}" for place, value in others)
    more = f" and {len(last) - MOST_NAMED} more" if len(last) > MOST_NAMED else ""
    return f"By hand, after step {after:,}, {place} was set to {value}{also}{more}."


def _inputs(culprit: Culprit, told: Told) -> list[dict[str, Any]]:
    """Those that matter first, each around the number that mattered."""
    names = [*told.marked, *(name for name in culprit.inputs if name not in told.marked)]
    return [
        tensor(name, culprit.inputs[name], told.marked.get(name, (0,) * culprit.inputs[name].ndim))
        for name in names
        if name in culprit.inputs and culprit.inputs[name].size
    ][:MOST_TENSORS]
