"""A run without the page: the same trainer, a progress bar, and the scores at the end."""

import math
import sys

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

import engine as torch
from playground.data.prepare import FindFile
from playground.experiment.spec import Experiment
from playground.training.build import build
from playground.training.evaluate import evaluate
from playground.training.trainer import DivergedError, Trainer

FINISHED = 0
DIVERGED = 1


def run(experiment: Experiment, files: FindFile) -> int:
    """Train to the end; the exit status. The bar goes to stderr, the scores to stdout.

    One thread for matrix products and no denormal numbers, as in a run of the page, so that both give the
    same losses.
    """
    torch.set_flush_denormal(True)
    with threadpool_limits(1), np.errstate(all="ignore"):
        built = build(experiment, files)
        trainer = Trainer(built)
        steps = experiment.training.epochs * trainer.batches
        try:
            with tqdm(total=steps, unit="step") as bar:
                while not trainer.is_done:
                    loss = trainer.run_step()
                    bar.set_postfix({"loss": loss}, refresh=False)
                    bar.update()
        except DivergedError as error:
            print(f"playground: {error}", file=sys.stderr)
            return DIVERGED
        scores = evaluate(built)
    regression = built.target == "real"
    metric = f"R² {scores.metric:.4f}" if regression else f"accuracy {scores.metric:.1%}"
    last = math.nan if trainer.loss is None else trainer.loss
    print(f"training loss {last:.4f}  {built.held} loss {scores.loss:.4f}  {built.held} {metric}")
    return FINISHED
