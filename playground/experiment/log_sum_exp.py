"""Softmax or sigmoid, logarithm and loss as one, by log-sum-exp.

The largest score is subtracted before any exp, so that nothing overflows and no logarithm is taken of 0.
"""

from collections.abc import Mapping

from playground.experiment.catalog import LOSSES, arguments, loss_class, of_scores
from playground.experiment.fixes import Edit, Fix, RemoveEdit, SetEdit
from playground.experiment.spec import Chosen
from playground.protocol.replies import Target

INSIDE: Mapping[Target, tuple[str, ...]] = {"class index": ("Softmax", "LogSoftmax"), "0/1": ("Sigmoid",)}
"""What the losses of scores do themselves."""


def combined(loss: Chosen, type: str, id: str, name: str) -> Fix | None:
    """Give the scores to the loss that does what the last layer does, of this type and name; else null.

    What both losses take stays as it is set.
    """
    if loss.type not in LOSSES or type not in INSIDE.get(loss_class(loss.type).target, ()):
        return None
    better = of_scores(loss.type)
    edits: list[Edit] = [RemoveEdit(layer=id)]
    label = f"Take out {name}"
    if better != loss.type:
        label += f", use {better}"
        edits.append(SetEdit(where="loss", value=better))
        kept = ((key, value) for key, value in loss.args.items() if key in arguments(better))
        edits += [SetEdit(where=f"loss/args/{key}", value=value) for key, value in kept]
    return Fix(label=label, edits=tuple(edits))
