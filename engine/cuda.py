"""``torch.cuda`` on a machine without one: what programs ask before they settle for the CPU."""

from __future__ import annotations

from typing import Any


def is_available() -> bool:
    """Always False: the engine runs on the CPU."""
    return False


def device_count() -> int:
    """Always 0."""
    return 0


def manual_seed(seed: int) -> None:
    """Nothing to seed; as in PyTorch, no error without a GPU."""


def manual_seed_all(seed: int) -> None:
    """Nothing to seed; as in PyTorch, no error without a GPU."""


def empty_cache() -> None:
    """Nothing to free; as in PyTorch, no error without a GPU."""


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("Torch not compiled with CUDA enabled")

    return refuse
