"""Devices as programs for PyTorch name them. There is one, the CPU; asking for another is refused by name."""

from __future__ import annotations

from typing import Any

_KNOWN = ("cpu", "cuda", "ipu", "xpu", "mkldnn", "hip", "maia", "xla", "mps", "meta", "hpu", "mtia")


class device:  # noqa: N801 - PyTorch's own spelling
    """Where a tensor's memory is: a ``type``, such as ``cpu``, and an ``index`` or None.

    Raises:
        RuntimeError: for a type that PyTorch does not know either.
    """

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        name, _, number = str(type).partition(":")
        if name not in _KNOWN:
            raise RuntimeError(
                f"Expected one of {', '.join(_KNOWN)} device type at start of device string: {type}"
            )
        self.type = name
        self.index = int(number) if number else index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + ("" if self.index is None else f", index={self.index}") + ")"

    def __reduce__(self) -> Any:
        return device, (self.type, self.index)

    def __enter__(self) -> device:
        require_cpu(self)
        return self

    def __exit__(self, *problem: object) -> None:
        return None


CPU = device()


def require_unpinned(pin_memory: Any) -> None:
    """RuntimeError for memory pinned for the transfer to a device, as of a PyTorch without any."""
    if pin_memory:
        raise RuntimeError(
            "pin_memory=True requires a CUDA or other accelerator backend; no pinned memory allocator is "
            "available on this system."
        )


def require_cpu(wanted: Any) -> None:
    """AssertionError, as of a PyTorch built without it, for any device but the CPU; None is the CPU."""
    if wanted is None or wanted == "cpu" or wanted is CPU:
        return
    made = device(wanted)
    if made.type == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled")
    if made.type != "cpu":
        raise RuntimeError(f"PyTorch is not linked with support for {made.type} devices")
