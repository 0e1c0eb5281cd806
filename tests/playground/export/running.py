"""Training an experiment in two ways: by the playground's trainer, and by running its script."""

import contextlib
import io
import runpy
from pathlib import Path
from typing import Any, cast

import numpy as np
from threadpoolctl import threadpool_limits

from playground.data.prepare import FindFile, facts
from playground.experiment.spec import Experiment
from playground.export import verify
from playground.jobs.channel import Channel
from playground.training.build import build
from playground.training.trainer import DivergedError, Trainer
from tests.playground.training.experiments import flushed


def no_files(sha256: str) -> None:
    """An experiment without CSV asks for no file."""
    return


def shortened(experiment: Experiment, epochs: int) -> Experiment:
    """The same with at most so many epochs."""
    training = experiment.training
    fewer = training.model_copy(update={"epochs": min(epochs, training.epochs)})
    return experiment.model_copy(update={"training": fewer})


def long_enough(experiment: Experiment, steps: int) -> Experiment:
    """The same with as few epochs as give so many steps."""
    return shortened(experiment, -(-steps // facts(experiment.data, no_files).batches))


def trained(experiment: Experiment, files: FindFile = no_files) -> list[float]:
    """The losses of a run, up to where it diverges."""
    losses: list[float] = []
    with threadpool_limits(1), np.errstate(all="ignore"), flushed():
        trainer = Trainer(build(experiment, files))
        with contextlib.suppress(DivergedError):
            while not trainer.is_done:
                loss = trainer.run_step()
                assert loss is not None
                losses.append(loss)
    return losses


def verified(experiment: Experiment, steps: int) -> list[float | None]:
    """The losses of so many steps of its script, as `Verify` has them."""
    with threadpool_limits(1), np.errstate(all="ignore"), flushed():
        losses: list[float | None] = verify.run(verify.job(experiment, {}, (), steps), SILENT)["losses"]
        return losses


class Silence:
    """A job's channel that nobody listens to."""

    def send(self, body: dict[str, Any]) -> None:
        """Say nothing."""


SILENT = cast(Channel, Silence())


def run(code: str, folder: Path, file_name: str = "script.py") -> dict[str, Any]:
    """Run a script in `folder` as `python script.py` would; what it leaves, and `printed`."""
    path = folder / file_name
    path.write_text(code, encoding="utf-8")
    with (
        threadpool_limits(1),
        np.errstate(all="ignore"),
        flushed(),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()) as printed,
    ):
        return {**runpy.run_path(str(path), run_name="__main__"), "printed": printed.getvalue()}
