"""Why one number of a parameter moved as far as it did: the optimizer's own arithmetic, term by term.

The rules are those of PyTorch's documentation (torch.optim), with its names for what is kept.
"""

import math
from collections.abc import Callable
from typing import Any

from playground.training.probes.pack import figure
from playground.training.probes.recorder import ParameterRecord

Index = tuple[Any, ...]


class Explained:
    """The terms so far, for one element. `options` are the optimizer's."""

    def __init__(self, kept: ParameterRecord, index: Index, options: dict[str, Any]) -> None:
        self.old, self.new = float(kept.before[index]), float(kept.after[index])
        self.gradient = 0.0 if kept.gradient is None else float(kept.gradient[index])
        self.options = options
        self.lr = float(options["lr"])
        self.terms: list[dict[str, Any]] = []
        self._kept, self._index = kept, index

    def add(self, name: str, value: float, how: str = "", numbers: str = "") -> float:
        """Note a term; its value."""
        self.terms.append({"name": name, "value": value, "how": how, "numbers": numbers})
        return value

    def kept(self, name: str) -> float:
        """What the optimizer keeps for this element, after the update."""
        return float(self._kept.state[name][self._index])

    def was(self, name: str) -> float:
        """The same before it; 0 before the first update."""
        before = self._kept.state_before
        return float(before[name][self._index]) if name in before else 0.0

    def everything(self) -> dict[str, float]:
        """All that is kept after the update, per element or once."""
        return {
            name: float(values[self._index] if values.ndim else values)
            for name, values in self._kept.state.items()
        }

    @property
    def is_first(self) -> bool:
        """Whether the optimizer kept nothing yet."""
        return not self._kept.state_before

    @property
    def steps(self) -> int:
        """How many updates this parameter has had."""
        return int(self._kept.state["step"])


def terms(
    optimizer: str, kept: ParameterRecord, index: Index, options: dict[str, Any], clipped: bool = False
) -> list[dict[str, Any]]:
    """`Term`s from the gradient to the change, of an element of a parameter with a gradient.

    `clipped` says that `clip_grad_norm_` shortened it.
    """
    about = Explained(kept, index, options)
    about.add("gradient", about.gradient, "shortened by clip_grad_norm_" if clipped else "")
    RULES.get(optimizer, _other)(about, _decayed(about))
    about.add("change", about.new - about.old, "new − old", _f("{} − {}", about.new, about.old))
    return about.terms


def _f(text: str, *values: float) -> str:
    return text.format(*(f"({figure(v)})" if v < 0 and i else figure(v) for i, v in enumerate(values)))


def _decayed(about: Explained) -> float:
    """The gradient that the rule goes on with: turned round by `maximize`, with weight decay."""
    gradient, decay = about.gradient, float(about.options.get("weight_decay", 0))
    if about.options.get("maximize"):
        gradient = about.add("gradient to climb", -gradient, "−gradient")
    if decay and about.options.get("decoupled_weight_decay"):
        about.add(
            "decay of the weight",
            -about.lr * decay * about.old,
            "−lr · weight_decay · weight",
            _f("−{} · {} · {}", about.lr, decay, about.old),
        )
    elif decay:
        numbers = _f("{} + {} · {}", gradient, decay, about.old)
        gradient = about.add(
            "gradient with decay", gradient + decay * about.old, "gradient + weight_decay · weight", numbers
        )
    return gradient


def _step(about: Explained, direction: float, what: str) -> None:
    about.add("step", -about.lr * direction, f"−lr · {what}", _f("−{} · {}", about.lr, direction))


def _sgd(about: Explained, gradient: float) -> None:
    momentum = float(about.options["momentum"])
    if not momentum:
        _step(about, gradient, "gradient")
        return
    keep = 1 - float(about.options["dampening"])
    first = about.is_first
    how = "gradient (the first)" if first else "momentum · momentum_buffer + (1 − dampening) · gradient"
    values = (momentum, about.was("momentum_buffer"), keep, gradient)
    numbers = figure(gradient) if first else _f("{} · {} + {} · {}", *values)
    velocity = about.add("momentum_buffer", about.kept("momentum_buffer"), how, numbers)
    if about.options["nesterov"]:
        ahead = gradient + momentum * velocity
        numbers = _f("{} + {} · {}", gradient, momentum, velocity)
        about.add("direction (nesterov)", ahead, "gradient + momentum · momentum_buffer", numbers)
        _step(about, ahead, "direction")
    else:
        _step(about, velocity, "momentum_buffer")


def _adam(about: Explained, gradient: float) -> None:
    first, second = (float(beta) for beta in about.options["betas"])
    steps = about.steps
    mean = about.add(
        "exp_avg",
        about.kept("exp_avg"),
        "β₁ · exp_avg + (1 − β₁) · gradient",
        _f("{} · {} + {} · {}", first, about.was("exp_avg"), 1 - first, gradient),
    )
    square = about.add(
        "exp_avg_sq",
        about.kept("exp_avg_sq"),
        "β₂ · exp_avg_sq + (1 − β₂) · gradient²",
        _f("{} · {} + {} · {}²", second, about.was("exp_avg_sq"), 1 - second, gradient),
    )
    about.add("steps", steps, "updates this parameter has had")
    corrections = 1 - first**steps, 1 - second**steps
    corrected = about.add(
        "m̂", mean / corrections[0], "exp_avg / (1 − β₁ᵗ)", _f("{} / {}", mean, corrections[0])
    )
    if about.options["amsgrad"]:
        square = about.add("max_exp_avg_sq", about.kept("max_exp_avg_sq"), "the largest exp_avg_sq so far")
    spread = about.add(
        "v̂", square / corrections[1], "exp_avg_sq / (1 − β₂ᵗ)", _f("{} / {}", square, corrections[1])
    )
    eps = float(about.options["eps"])
    divisor = about.add("divisor", math.sqrt(max(0.0, spread)) + eps, "√v̂ + eps", _f("√{} + {}", spread, eps))
    _divided(about, corrected, divisor, "m̂")


def _divided(about: Explained, direction: float, divisor: float, what: str) -> None:
    """A step along `direction` ÷ `divisor`, and the learning rate that this element really had."""
    about.add("effective lr", about.lr / divisor if divisor else 0.0, "lr / divisor")
    step = -about.lr * direction / divisor if divisor else -direction * math.inf
    numbers = _f("−{} · {} / {}", about.lr, direction, divisor)
    about.add("step", step, f"−lr · {what} / divisor", numbers)


def _rmsprop(about: Explained, gradient: float) -> None:
    alpha, eps = float(about.options["alpha"]), float(about.options["eps"])
    square = about.add(
        "square_avg",
        about.kept("square_avg"),
        "α · square_avg + (1 − α) · gradient²",
        _f("{} · {} + {} · {}²", alpha, about.was("square_avg"), 1 - alpha, gradient),
    )
    how = "√square_avg + eps"
    if about.options["centered"]:
        mean = about.add("grad_avg", about.kept("grad_avg"), "α · grad_avg + (1 − α) · gradient")
        square, how = square - mean**2, "√(square_avg − grad_avg²) + eps"
    root = math.nan if square < 0 else math.sqrt(square)
    divisor = about.add("divisor", root + eps, how, _f("√{} + {}", square, eps))
    momentum = float(about.options["momentum"])
    if not momentum:
        _divided(about, gradient, divisor, "gradient")
        return
    numbers = _f("{} · {} + {} / {}", momentum, about.was("momentum_buffer"), gradient, divisor)
    velocity = about.add(
        "momentum_buffer",
        about.kept("momentum_buffer"),
        "momentum · momentum_buffer + gradient / divisor",
        numbers,
    )
    _step(about, velocity, "momentum_buffer")


def _adagrad(about: Explained, gradient: float) -> None:
    eps, decay = float(about.options["eps"]), float(about.options["lr_decay"])
    numbers = _f("{} + {}²", about.was("sum"), gradient)
    total = about.add("sum", about.kept("sum"), "sum + gradient²", numbers)
    if decay:
        now = about.lr / (1 + (about.steps - 1) * decay)
        about.lr = about.add("lr now", now, "lr / (1 + (t − 1) · lr_decay)")
    divisor = about.add("divisor", math.sqrt(total) + eps, "√sum + eps", _f("√{} + {}", total, eps))
    _divided(about, gradient, divisor, "gradient")


def _other(about: Explained, gradient: float) -> None:
    """What any other optimizer keeps, without its rule."""
    for name, value in about.everything().items():
        about.add(name, value)
    about.add("lr", about.lr)


RULES: dict[str, Callable[[Explained, float], None]] = {
    "SGD": _sgd,
    "Adam": _adam,
    "AdamW": _adam,
    "RMSprop": _rmsprop,
    "Adagrad": _adagrad,
}
