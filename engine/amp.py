"""``torch.amp`` on the CPU: mixed precision is not offered, and programs that can do without it run.

``autocast(enabled=False)`` and ``GradScaler(enabled=False)`` do nothing, as in PyTorch; a scaler that is
enabled warns, as PyTorch's does without a GPU, and does nothing.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from engine.tensor import Tensor


class autocast:  # noqa: N801 - PyTorch's own spelling
    """A block, or a function as a decorator, in which nothing is cast.

    Raises NotImplementedError where ``enabled`` on the CPU: there is no bfloat16.
    """

    def __init__(
        self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        if enabled and device_type == "cuda":
            warnings.warn(
                "User provided device_type of 'cuda', but CUDA is not available. Disabling", stacklevel=2
            )
        elif enabled:
            raise NotImplementedError(
                "autocast is not available here: computing in float32 is the engine's fast way. Pass "
                "enabled=False"
            )

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *problem: object) -> None:
        return None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return call


def custom_fwd(fwd: Callable[..., Any] | None = None, *, device_type: str, cast_inputs: Any = None) -> Any:
    """For the ``forward`` of a ``Function``: it stays as it is. Also as a decorator with options."""
    return fwd if fwd is not None else lambda function: function


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str) -> Any:
    """For the ``backward`` of a ``Function``, as ``custom_fwd``."""
    return bwd if bwd is not None else lambda function: function


def is_autocast_available(device_type: str) -> bool:
    """Always False."""
    return False


class GradScaler:
    """Scales nothing: losses and gradients keep their size."""

    def __init__(
        self, device: str = "cuda", init_scale: float = 2.0**16, growth_factor: float = 2.0,
        backoff_factor: float = 0.5, growth_interval: int = 2000, enabled: bool = True,
    ) -> None:
        if enabled and device == "cuda":
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.", stacklevel=2
            )

    def scale(self, outputs: Any) -> Any:
        """The outputs as they are."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Nothing to undo."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """``optimizer.step``."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Nothing to adapt."""

    def is_enabled(self) -> bool:
        """Always False."""
        return False

    def get_scale(self) -> float:
        """Always 1."""
        return 1.0

    def state_dict(self) -> dict[str, Any]:
        """Empty, as of a scaler that is not enabled."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Nothing to take over."""
