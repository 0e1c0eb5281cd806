"""``torch.cuda`` on a machine without one: what programs ask before they settle for the CPU."""

from __future__ import annotations

from typing import Any

from engine.cuda import amp as amp  # part of this module's face


def is_available() -> bool:
    """Always False: the engine runs on the CPU."""
    return False


def device_count() -> int:
    """Always 0."""
    return 0


def is_initialized() -> bool:
    """Always False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Always False."""
    return False


def memory_allocated(device: Any = None) -> int:
    """Always 0, as are the other amounts of memory on a GPU."""
    return 0


max_memory_allocated = memory_reserved = max_memory_reserved = memory_cached = memory_allocated


def get_rng_state_all() -> list[Any]:
    """Always empty: one state for each GPU."""
    return []


def manual_seed(seed: int) -> None:
    """Nothing to seed; as in PyTorch, no error without a GPU."""


def manual_seed_all(seed: int) -> None:
    """Nothing to seed; as in PyTorch, no error without a GPU."""


def seed_all() -> None:
    """Nothing to seed."""


def set_rng_state_all(new_states: Any) -> None:
    """Nothing to put back."""


def empty_cache() -> None:
    """Nothing to free; as in PyTorch, no error without a GPU."""


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("Torch not compiled with CUDA enabled")

    return refuse
