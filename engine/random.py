"""Random numbers: a Generator with numpy's PCG64 behind it, and the default one that `manual_seed` seeds.

The streams are our own, not PyTorch's: the same seed gives the same numbers here on every machine, thread
and process, but not the numbers torch would give.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine.device import CPU, require_cpu
from engine.recording import refuse, watchers
from engine.tensor import Tensor, wrap

_BEGINS = "it sets where random numbers go on"


class Generator:
    """A source of random numbers with a state of its own."""

    __slots__ = ("_seed", "rng")

    def __init__(self, device: Any = "cpu") -> None:
        require_cpu(device)
        self.manual_seed(_FIRST_SEED)

    @property
    def device(self) -> Any:
        """Always the CPU."""
        return CPU

    def manual_seed(self, seed: int) -> Generator:
        """Start again from ``seed``; returns the generator itself."""
        if watchers:
            refuse(_BEGINS)
        self._seed = int(seed)
        self.rng = np.random.Generator(np.random.PCG64(self._seed % 2**64))
        return self

    def seed(self) -> int:
        """Start from a seed that the operating system draws, and return it."""
        self.manual_seed(secrets.randbits(63))
        return self._seed

    def initial_seed(self) -> int:
        """The seed it was last started from."""
        return self._seed

    def get_state(self) -> Tensor:
        """Everything needed to go on from here, as bytes: uint8, of numbers and strings in JSON."""
        text = json.dumps({"seed": self._seed, "state": self.rng.bit_generator.state})
        return wrap(np.frombuffer(text.encode(), np.uint8).copy())

    def set_state(self, new_state: Tensor) -> None:
        """Go on from a state that ``get_state`` gave.

        Raises:
            TypeError: for what is no tensor of bytes.
            RuntimeError: for bytes that are no state of a generator here.
        """
        if not isinstance(new_state, Tensor) or new_state._array.dtype != np.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        try:
            state = json.loads(new_state._array.tobytes())
            if watchers and state["state"] != self.rng.bit_generator.state:
                refuse(_BEGINS)
            self.rng.bit_generator.state = state["state"]
            self._seed = int(state["seed"])
        except (ValueError, KeyError, TypeError):
            raise RuntimeError("RNG state is of another program's generator: the streams differ") from None

    def __reduce__(self) -> Any:
        return _restore, (self.get_state(),)


_FIRST_SEED = 67280421310721  # what an unseeded PyTorch generator starts from

default_generator = Generator()


def _restore(state: Tensor) -> Generator:
    generator = Generator()
    generator.set_state(state)
    return generator


def manual_seed(seed: int) -> Generator:
    """Seed the default generator and return it."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Seed the default generator from the operating system, and return the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Put the default generator back to a state."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, **kwargs: Any) -> Iterator[None]:
    """Draws inside leave the default generator as it was before; ``devices`` are the CPU alone."""
    state = get_rng_state() if enabled else None
    try:
        yield
    finally:
        if state is not None:
            set_rng_state(state)


def rng_of(generator: Generator | None) -> np.random.Generator:
    """numpy's generator behind ``generator``, or behind the default one."""
    if watchers:
        refuse("it draws random numbers in a way that is not recorded")
    return (generator or default_generator).rng
