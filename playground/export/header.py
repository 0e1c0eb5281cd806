"""The words at the head of a script: what it repeats, how to run it, and how far it equals the run.

Nothing here is a user's text: names are the catalog's, the rest is numbers.
"""

import textwrap

from engine import nn
from playground.data.prepare import find
from playground.experiment.catalog import layer_class
from playground.experiment.spec import Experiment
from playground.export.byhand import ByHand
from playground.export.imports import Library, packages

WIDTH = 100


def header(
    experiment: Experiment, flavour: Library, by_hand: ByHand, text: str, recorded_epochs: int | None
) -> str:
    """The text of the docstring, without its quotes, for a script whose code is `text`."""
    chosen = f"{experiment.optimizer.type} on {experiment.loss.type}"
    title = f"{find(experiment.data.name).name}, trained with {chosen}: a script from Model Playground."
    paragraphs = [_install(flavour, packages(text))]
    if by_hand.equal_until != 0:
        paragraphs += _promises(experiment, flavour, recorded_epochs)
    if experiment.data.csv is not None:
        paragraphs.insert(1, "It reads its CSV file by name from the folder in which it is run.")
    if by_hand.notes:
        paragraphs.append(" ".join(by_hand.notes))
    if by_hand.equal_until:
        paragraphs.append(f"Up to step {by_hand.equal_until} the script does what the run did.")
    filled = [textwrap.fill(paragraph, WIDTH) for paragraph in paragraphs]
    return "\n\n".join([title, *filled]) + "\n"


def _install(flavour: Library, wanted: list[str]) -> str:
    """How to get what the script imports."""
    if flavour == "torch":
        return f"It needs: pip install {' '.join(wanted)}"
    return (
        "It runs on the playground's own engine, which is installed with the playground: "
        "`pip install .` in the folder of Model Playground gives the package `engine` and all else it needs."
    )


def _promises(experiment: Experiment, flavour: Library, recorded_epochs: int | None) -> list[str]:
    """What agrees with the run, and what does not."""
    if flavour == "engine":
        return [
            "On the same machine, with the same numpy and one thread for its matrix products "
            "(OPENBLAS_NUM_THREADS=1), it repeats the loss of every step exactly."
        ]
    drops = any(
        issubclass(layer_class(layer.type), nn.Dropout) for layer in experiment.layers if not layer.muted
    )
    if recorded_epochs is None:
        drawn = ["initial weights", *["batch order"] * experiment.data.shuffle, *["dropout"] * drops]
        return [
            "The data are the playground's own to the last bit. PyTorch draws other random numbers than the "
            f"playground's engine, so the run's {' and '.join(drawn)} are not repeated, nor is its exact "
            "curve. The replay archive brings the run's own weights and order: with them the curves agree."
        ]
    text = "It starts from the run's initial weights and takes its batches in the run's order (`replay/`). "
    if drops:
        text += "Dropout is drawn by PyTorch, so the curves agree in kind and not step by step."
    else:
        text += "The loss of each step agrees with the run's within rounding."
    epochs = experiment.training.epochs
    if recorded_epochs < epochs:
        text += f" The order of the first {recorded_epochs} of {epochs} epochs is recorded."
    return [text]
