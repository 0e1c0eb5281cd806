"""Where in a model an error was raised: its message gets the layer's path in front."""

from __future__ import annotations

from typing import Any


def locate(error: Exception, module: Any) -> None:
    """Put the path of the layer that raised `error`, as seen from `module`, in front of its message.

    Called at each level on the way out, so that the path grows from `in layer 2 (Linear): …` to
    `in layer encoder.2 (Linear): …`. A layer called by itself adds nothing.
    """
    origin = getattr(error, "layer", None)
    if origin is None:
        if error.args and isinstance(error.args[0], str):
            error.layer, error.unlocated = module, error.args[0]    # type: ignore[attr-defined]
        return
    path = next((name for name, below in module.named_modules() if below is origin), "")
    if path:
        message = f"in layer {path} ({type(origin).__name__}): {error.unlocated}"   # type: ignore[attr-defined]
        error.args = (message, *error.args[1:])
