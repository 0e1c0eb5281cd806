"""A run's twin in PyTorch: the same layers, first weights, loss, optimizer and batches."""

from types import ModuleType
from typing import Any

import numpy as np

from playground.experiment.shapes import infer
from playground.training.probes import Subject


class Twin:
    """Takes each step after the run did, on the batch that it used. `outputs` are the layers' in that step.

    `before` are the parameters that the step began with, by name.
    """

    def __init__(self, torch: ModuleType, subject: Subject) -> None:
        built = subject.built
        experiment, facts = built.experiment, built.prepared.facts
        shape: tuple[int, ...] = (experiment.data.batch_size, *facts.input_shape)
        layers = []
        for row, layer in zip(experiment.layers, built.layers, strict=True):
            layers.append(getattr(torch.nn, row.type)(**{**infer(row, layer.name, shape), **row.args}))
            shape = layer.output_shape
        self.torch = torch
        self.subject = subject
        self.model = torch.nn.Sequential(*layers)
        state = built.model.state_dict()
        self.model.load_state_dict({name: torch.tensor(np.array(t.numpy())) for name, t in state.items()})
        self.criterion = getattr(torch.nn, experiment.loss.type)(**experiment.loss.args)
        kind = getattr(torch.optim, experiment.optimizer.type)
        self.optimizer = kind(self.model.parameters(), **experiment.optimizer.args)
        self.outputs: list[Any] = []
        self.before: dict[str, np.ndarray] = {}
        self.loss: Any = None

    def forward(self, x: Any) -> Any:
        """Keeps each layer's output, with its gradient."""
        self.outputs = []
        for layer in self.model:
            x = layer(x)
            if x.requires_grad:
                x.retain_grad()
            self.outputs.append(x)
        return x

    def backward(self) -> None:
        """Forward, loss and backward on the run's batch; gradients are added to what is there."""
        trainer = self.subject.trainer
        x, y = (self.torch.tensor(np.array(tensor.numpy())) for tensor in (trainer.x, trainer.y))
        self.loss = self.criterion(self.forward(x), y)
        self.loss.backward()

    def step(self) -> None:
        self.optimizer.zero_grad()
        self.backward()
        self.before = {name: p.detach().numpy().copy() for name, p in self.model.named_parameters()}
        self.optimizer.step()


def close(ours: Any, theirs: Any) -> None:
    """Equal but for the order in which float32 sums were taken."""
    theirs = theirs.detach().numpy() if hasattr(theirs, "detach") else theirs
    np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-6)
