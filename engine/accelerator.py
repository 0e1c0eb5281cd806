"""``torch.accelerator``: what programs ask before they settle for the CPU."""

from __future__ import annotations

from engine.device import device


def is_available() -> bool:
    """Always False: the engine runs on the CPU."""
    return False


def device_count() -> int:
    """Always 0."""
    return 0


def current_accelerator(check_available: bool = False) -> device | None:
    """Always None."""
    return None


def synchronize(device: object = None) -> None:
    """RuntimeError, as of a PyTorch without an accelerator."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


current_device_index = synchronize
