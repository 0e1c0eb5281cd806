"""A captured step computes what the same step computes eagerly, bit for bit."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine as torch
from engine import nn, optim
from engine.capture.replay.plan import Plan
from engine.nn.utils.parametrizations import spectral_norm

STEPS = 7


@pytest.fixture(autouse=True, scope="module")
def soon() -> Iterator[None]:
    """Two steps are recorded, two replayed call by call, and the last three as one function."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[Plan.__module__], "OFTEN", 2)
        yield


OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda p: optim.SGD(p, lr=0.05),
    "SGD with momentum": lambda p: optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    "SGD with Nesterov": lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "SGD uphill": lambda p: optim.SGD(p, lr=0.01, maximize=True, momentum=0.5, dampening=0.2),
    "Adam": lambda p: optim.Adam(p, lr=0.01),
    "Adam with AMSGrad": lambda p: optim.Adam(p, lr=0.01, amsgrad=True, weight_decay=0.1),
    "AdamW": lambda p: optim.AdamW(p, lr=0.01),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.01, momentum=0.5),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.05),
    "Adadelta": lambda p: optim.Adadelta(p),
    "Adamax": lambda p: optim.Adamax(p),
    "NAdam": lambda p: optim.NAdam(p),
    "RAdam": lambda p: optim.RAdam(p),
    "Rprop": lambda p: optim.Rprop(p),
    "ASGD": lambda p: optim.ASGD(p, t0=3),
    "Adafactor": lambda p: optim.Adafactor(p, weight_decay=0.1),
    "Adam with a tensor as its rate": lambda p: optim.Adam(p, lr=torch.tensor(0.01)),
}

HIDDEN: dict[str, Callable[[int], list[Any]]] = {
    "nothing": lambda n: [],
    "ReLU": lambda n: [nn.ReLU()],
    "Tanh": lambda n: [nn.Tanh()],
    "Sigmoid": lambda n: [nn.Sigmoid()],
    "GELU": lambda n: [nn.GELU()],
    "LeakyReLU": lambda n: [nn.LeakyReLU(0.1)],
    "SiLU": lambda n: [nn.SiLU()],
    "Softplus": lambda n: [nn.Softplus()],
    "PReLU": lambda n: [nn.PReLU()],
    "Dropout": lambda n: [nn.Dropout(0.4)],
    "AlphaDropout": lambda n: [nn.SELU(), nn.AlphaDropout(0.3)],
    "RReLU": lambda n: [nn.RReLU()],
    "BatchNorm": lambda n: [nn.BatchNorm1d(n)],
    "LayerNorm": lambda n: [nn.LayerNorm(n)],
    "Softmax": lambda n: [nn.Softmax(1)],
}

LOSSES: dict[str, tuple[Callable[[], Any], str]] = {
    "MSE": (nn.MSELoss, "real"),
    "L1": (nn.L1Loss, "real"),
    "Huber": (nn.HuberLoss, "real"),
    "sum of squares": (lambda: nn.MSELoss(reduction="sum"), "real"),
    "cross-entropy": (nn.CrossEntropyLoss, "class"),
    "smoothed cross-entropy": (lambda: nn.CrossEntropyLoss(label_smoothing=0.1), "class"),
    "BCE with logits": (nn.BCEWithLogitsLoss, "yes or no"),
}


def batch(kind: str, number: int, size: int, width: int, out: int) -> tuple[Any, Any]:
    """Random inputs and targets, others for each number."""
    rng = np.random.default_rng(number)
    x = torch.from_numpy(rng.normal(size=(size, width)).astype(np.float32))
    if kind == "class":
        return x, torch.from_numpy(rng.integers(0, out, size))
    y = rng.normal(size=(size, out)).astype(np.float32)
    return x, torch.from_numpy((y > 0).astype(np.float32) if kind == "yes or no" else y)


def train(model: Any, make: Any, criterion: Any, batches: list[Any], captured: bool) -> list[np.ndarray]:
    """The losses, and then everything the model holds, after a step on each batch."""
    torch.manual_seed(7)
    optimizer = make(model.parameters())

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    run = torch.capture(step) if captured else step
    torch.set_flush_denormal(True)  # as replays do; a model that explodes has numbers of all sizes
    try:
        found = [run(x, y).detach().numpy() for x, y in batches]
    finally:
        torch.set_flush_denormal(False)
    if captured:
        assert run.replays == len(batches) - 2, run.why_eager
    found += [value.detach().numpy().copy() for value in model.state_dict().values()]
    return found + [p.grad.numpy().copy() for p in model.parameters() if p.grad is not None]


def assert_same(eager: list[np.ndarray], captured: list[np.ndarray]) -> None:
    assert len(eager) == len(captured)
    for a, b in zip(eager, captured, strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=60, deadline=None)
@given(
    widths=st.lists(st.integers(1, 20), min_size=1, max_size=4),
    hidden=st.lists(st.sampled_from(sorted(HIDDEN)), min_size=4, max_size=4),
    loss=st.sampled_from(sorted(LOSSES)),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    out=st.integers(1, 6),
    size=st.integers(2, 33),
    bias=st.booleans(),
)
def test_random_models_train_to_the_same_bits(
    widths: list[int], hidden: list[str], loss: str, optimizer: str, out: int, size: int, bias: bool
) -> None:
    torch.manual_seed(3)
    layers: list[Any] = []
    for width, then, kind in zip(widths, [*widths[1:], out], hidden, strict=False):
        layers += [nn.Linear(width, then, bias=bias), *(HIDDEN[kind](then) if then != out else [])]
    make_loss, kind = LOSSES[loss]
    model = nn.Sequential(*layers)
    batches = [batch(kind, i, size, widths[0], out) for i in range(STEPS)]
    twin = copy.deepcopy(model)
    eager = train(model, OPTIMIZERS[optimizer], make_loss(), batches, False)
    assert_same(eager, train(twin, OPTIMIZERS[optimizer], make_loss(), batches, True))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_is_captured(optimizer: str) -> None:
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3))
    batches = [batch("real", i, 8, 5, 3) for i in range(STEPS)]
    eager = train(copy.deepcopy(model), OPTIMIZERS[optimizer], nn.MSELoss(), batches, False)
    assert_same(eager, train(model, OPTIMIZERS[optimizer], nn.MSELoss(), batches, True))


class Recurrent(nn.Module):
    """The last state of a recurrent layer, read out."""

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.cell = kind(4, 6, batch_first=True)
        self.out = nn.Linear(6, 3)

    def forward(self, x: Any) -> Any:
        return self.out(self.cell(x)[0][:, -1])


class Attention(nn.Module):
    """A word model: embedding, a transformer layer, mean."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(11, 8)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.out = nn.Linear(8, 3)

    def forward(self, x: Any) -> Any:
        return self.out(self.layer(self.words(x)).mean(1))


def images(number: int) -> Any:
    return torch.from_numpy(np.random.default_rng(number).normal(size=(6, 1, 8, 8)).astype(np.float32))


def sequences(number: int) -> Any:
    return torch.from_numpy(np.random.default_rng(number).normal(size=(6, 5, 4)).astype(np.float32))


def words(number: int) -> Any:
    return torch.from_numpy(np.random.default_rng(number).integers(0, 11, (6, 5)))


MODELS: dict[str, tuple[Callable[[], Any], Callable[[int], Any]]] = {
    "convolution and max-pooling": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(24, 3),
        ),
        images,
    ),
    "ReLU before pools of other forms": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Conv2d(4, 6, 3), nn.ReLU(),
            nn.MaxPool2d(2, 1), nn.Flatten(), nn.ReLU(), nn.Linear(6, 3),
        ),
        images,
    ),
    "strided convolution, batch norm and mean-pooling": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, stride=2), nn.BatchNorm2d(4), nn.ELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Dropout(0.2), nn.Linear(4, 3),
        ),
        images,
    ),
    "weights of spectral norm 1": (
        lambda: nn.Sequential(
            spectral_norm(nn.Conv2d(1, 2, 3)), nn.Flatten(), spectral_norm(nn.Linear(72, 3)),
        ),
        images,
    ),
    "RNN": (lambda: Recurrent(nn.RNN), sequences),
    "LSTM": (lambda: Recurrent(nn.LSTM), sequences),
    "GRU": (lambda: Recurrent(nn.GRU), sequences),
    "embedding and attention": (Attention, words),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_family_of_layers_is_captured(name: str) -> None:
    torch.manual_seed(5)
    make, inputs = MODELS[name]
    model = make()
    batches = [(inputs(i), batch("class", i, 6, 1, 3)[1]) for i in range(STEPS)]
    eager = train(copy.deepcopy(model), OPTIMIZERS["AdamW"], nn.CrossEntropyLoss(), batches, False)
    assert_same(eager, train(model, OPTIMIZERS["AdamW"], nn.CrossEntropyLoss(), batches, True))


SHAPED: dict[str, Callable[[], Any]] = {
    "mean-pooling at the border": lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    "mean-pooling to a size": lambda: nn.AdaptiveAvgPool2d(3),
    "max-pooling to a size": lambda: nn.AdaptiveMaxPool2d(3),
    "reflection": lambda: nn.ReflectionPad2d(2),
    "replication": lambda: nn.ReplicationPad2d(1),
    "upsampling": lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
    "unfolding": lambda: nn.Unfold(2),
    "shuffling channels": lambda: nn.Sequential(nn.Conv2d(1, 4, 1), nn.ChannelShuffle(2)),
    "local response": lambda: nn.LocalResponseNorm(2),
}


@pytest.mark.parametrize("name", SHAPED)
def test_indices_and_weights_made_of_shapes_are_constants(name: str) -> None:
    def run(captured: bool) -> list[np.ndarray]:
        torch.manual_seed(1)
        model = nn.Sequential(nn.Conv2d(1, 1, 3), SHAPED[name]())

        def step(x: Any) -> Any:
            model.zero_grad()
            loss = model(x).pow(2).mean()
            loss.backward()
            return loss

        made = torch.capture(step) if captured else step
        found = [made(images(i)).detach().numpy() for i in range(4)]
        assert not captured or made.replays == 2, made.why_eager
        return [*found, *(p.grad.numpy() for p in model.parameters())]

    assert_same(run(False), run(True))


@pytest.mark.parametrize("sizes", [(64, 128, 64, 10), (31, 96, 33, 3)])
def test_layers_of_the_size_for_which_libraries_have_kernels_of_their_own(sizes: tuple[int, ...]) -> None:
    torch.manual_seed(2)
    model = nn.Sequential(*(part for pair in pairwise(sizes) for part in (nn.Linear(*pair), nn.ReLU())))
    batches = [batch("class", i, 64, sizes[0], sizes[-1]) for i in range(STEPS)]
    eager = train(copy.deepcopy(model), OPTIMIZERS["Adam"], nn.CrossEntropyLoss(), batches, False)
    assert_same(eager, train(model, OPTIMIZERS["Adam"], nn.CrossEntropyLoss(), batches, True))
