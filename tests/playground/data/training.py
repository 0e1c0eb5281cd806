"""Trains an experiment the plain way, without the playground's trainer."""

from dataclasses import dataclass
from itertools import islice

import engine as torch
from engine import nn
from engine.utils.data import DataLoader
from playground.data.datasets import training_set, validation_set
from playground.data.prepare import prepare
from playground.experiment.catalog import layer_class, loss_class, optimizer_class
from playground.experiment.shapes import fold


@dataclass
class Trained:
    """A trained model and its validation accuracy, or R² for a regression."""

    model: nn.Sequential
    score: float


def trained(experiment, seed, data_seed) -> Trained:
    """The experiment after its last epoch, with these seeds."""
    data = experiment.data.model_copy(update={"seed": data_seed})
    made = prepare(data, lambda sha256: None)
    loss_type = loss_class(experiment.loss.type)
    torch.manual_seed(seed)
    folded = fold(experiment.layers, (data.batch_size, *made.facts.input_shape))
    model = nn.Sequential(
        *(
            layer_class(experiment.layers[i].type)(**fact.inferred, **experiment.layers[i].args)
            for fact, i in zip(folded.facts, folded.positions, strict=True)
        )
    )
    loader = DataLoader(
        training_set(made, data, loss_type.target), batch_size=data.batch_size, shuffle=data.shuffle
    )
    criterion = loss_type(**experiment.loss.args)
    optimizer = optimizer_class(experiment.optimizer.type)(model.parameters(), **experiment.optimizer.args)
    endless = iter(loader) if made.facts.streaming else None
    for _ in range(experiment.training.epochs):
        for x, y in islice(endless, made.facts.batches) if endless is not None else loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
    model.eval()
    x, _ = validation_set(made, loss_type.target).tensors
    return Trained(model, score(model(x).detach().numpy(), made, loss_type.target))


def score(output, made, target) -> float:
    y = made.y_validation
    if target == "real":
        return 1 - ((output - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    predicted = output[:, 0] > 0 if target == "0/1" else output.argmax(axis=1)
    return (predicted == y).mean()
