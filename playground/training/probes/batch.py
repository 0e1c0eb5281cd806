"""Which samples the last step used."""

from typing import Any

from playground.training.probes.subject import Measure, Subject


def probe(subject: Subject) -> Measure:
    """A `BatchView`."""
    trainer = subject.trainer
    size = subject.built.experiment.data.batch_size

    def measure() -> dict[str, Any]:
        samples = trainer.samples
        return {
            "index": trainer.batch,
            "of": trainer.batches,
            "size": len(samples) or size,
            "samples": samples,
        }

    return measure
