"""An optimizer's update of one parameter, followed term by term to the first that is not finite."""

import math
from typing import Any

import numpy as np

from playground.training.build import BuiltLayer
from playground.training.detective.culprit import Culprit, first_bad
from playground.training.probes.pack import figure
from playground.training.probes.recorder import ParameterRecord
from playground.training.probes.update import terms

ADAM = {
    "decay of the weight": "param.mul_(1 - lr * weight_decay)",
    "gradient with decay": "grad = grad.add(param, alpha=weight_decay)",
    "exp_avg": "exp_avg.lerp_(grad, 1 - beta1)",
    "exp_avg_sq": "exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)",
    "max_exp_avg_sq": "torch.maximum(max_exp_avg_sq, exp_avg_sq, out=max_exp_avg_sq)",
    "divisor": "denom = (exp_avg_sq.sqrt() / bias_correction2**0.5).add_(eps)",
    "step": "param.addcdiv_(exp_avg, denom, value=-step_size)",
}
LINES = {
    "SGD": {
        "gradient with decay": "grad = grad.add(param, alpha=weight_decay)",
        "momentum_buffer": "buf.mul_(momentum).add_(grad, alpha=1 - dampening)",
        "direction (nesterov)": "grad = grad.add(buf, alpha=momentum)",
        "step": "param.add_(grad, alpha=-lr)",
    },
    "Adam": ADAM,
    "AdamW": ADAM,
    "RMSprop": {
        "gradient with decay": "grad = grad.add(param, alpha=weight_decay)",
        "square_avg": "square_avg.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)",
        "grad_avg": "grad_avg.lerp_(grad, 1 - alpha)",
        "divisor": "avg = square_avg.addcmul(grad_avg, grad_avg, value=-1).sqrt_().add_(eps)",
        "momentum_buffer": "buf.mul_(momentum).addcdiv_(grad, avg)",
        "step": "param.addcdiv_(grad, avg, value=-lr)",
    },
    "Adagrad": {
        "gradient with decay": "grad = grad.add(param, alpha=weight_decay)",
        "sum": "state_sum.addcmul_(grad, grad, value=1)",
        "divisor": "std = state_sum.sqrt().add_(eps)",
        "step": "param.addcdiv_(grad, std, value=-lr)",
    },
}
"""What torch.optim does for each term, as its single-tensor code has it."""

EXPLAINING = ("effective lr", "m̂", "v̂")
"""Terms that explain and are not worked out: corrections are moved into the length of the step."""

LAST = "step"
"""The term that is added to the weight: where only their sum overflows, it is that line."""


def updated(optimizer: Any, layer: BuiltLayer, name: str, record: ParameterRecord) -> Culprit | None:
    """The first term of a parameter's update that is not finite; null where all are."""
    kept = {key: array for key, array in record.state.items() if array.shape == record.after.shape}
    after = {**kept, name: record.after}
    bad = next((array for array in after.values() if not np.isfinite(array).all()), None)
    if bad is None or record.gradient is None:
        return None
    kind, index = type(optimizer).__name__, first_bad(bad)
    made = terms(kind, record, index, optimizer.param_groups[0])
    fits = record.after.dtype.type
    real = [term for term in made if term["name"] not in EXPLAINING]
    first = next((term for term in real if not math.isfinite(fits(term["value"]))), made[-1])
    term = LAST if first["name"] == "change" else str(first["name"])
    said = next((one for one in made if one["name"] == term), first)
    numbers = said["numbers"] or said["how"]
    inputs = {"gradient": record.gradient, name: record.before, **record.state_before}
    return Culprit(
        phase="step",
        layer=layer,
        part="update",
        name=f"{kind}: {term}",
        line=LINES.get(kind, {}).get(term, "optimizer.step()"),
        op=term,
        result=term,
        made=after.get(term, record.after),
        index=index,
        inputs={key: array for key, array in inputs.items() if array.shape == bad.shape},
        text=f"{numbers} = {figure(float(fits(first['value'])))}" if numbers else "",
    )

