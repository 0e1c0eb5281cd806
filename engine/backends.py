"""``torch.backends``: the switches programs set for reproducibility. None changes anything here."""

from __future__ import annotations


class _Backend:
    """A library that is not there, with PyTorch's default switches."""

    def __init__(self, **switches: bool) -> None:
        self.__dict__.update(switches)

    def is_available(self) -> bool:
        """Always False."""
        return False

    def is_built(self) -> bool:
        """Always False."""
        return False


cudnn = _Backend(enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
mps = _Backend()
cuda = _Backend()
