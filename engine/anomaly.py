"""Anomaly mode: backward names the line of the forward whose gradient failed or became NaN."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.recording import changed
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.node import Node

_on: ContextVar[bool] = ContextVar("anomaly", default=False)
_nan_is_an_error: ContextVar[bool] = ContextVar("anomaly_nan", default=True)

is_anomaly_enabled = _on.get


class set_detect_anomaly:  # noqa: N801 - PyTorch's own spelling
    """Switch anomaly mode at once; as a context manager also put it back at the end."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = (_on.get(), _nan_is_an_error.get())
        changed()
        _on.set(bool(mode))
        _nan_is_an_error.set(check_nan)

    def __enter__(self) -> None:
        """It is on already."""

    def __exit__(self, *exc: object) -> None:
        changed()
        _on.set(self._before[0])
        _nan_is_an_error.set(self._before[1])


class detect_anomaly(set_detect_anomaly):  # noqa: N801 - PyTorch's own spelling
    """Anomaly mode inside the block. Slow: for looking for an error, not for training."""

    def __init__(self, check_nan: bool = True) -> None:
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be "
            "enabled for "
            "debugging.",
            stacklevel=2,
        )
        super().__init__(True, check_nan)


def remember(node: Node) -> None:
    """Keep the lines that led to this node."""
    node.trace = "".join(traceback.format_stack()[:-4])
    node.special = True


def blame(node: Node) -> None:
    """Warn with the forward lines of the node whose backward is failing."""
    warnings.warn(
        f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{node.trace}",
        stacklevel=2,
    )


def check_finite(node: Node, results: Sequence[Any]) -> None:
    """RuntimeError where a gradient has become NaN."""
    if not _nan_is_an_error.get():
        return
    for i, result in enumerate(results):
        array = result._array if isinstance(result, Tensor) else result
        if array is not None and np.isnan(array).any():
            blame(node)
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.")
