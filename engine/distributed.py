"""``torch.distributed``: what programs ask before they settle for one process."""

from __future__ import annotations

from typing import Any, NoReturn


def is_available() -> bool:
    """Always False: there is one process."""
    return False


def is_initialized() -> bool:
    """Always False."""
    return False


def get_rank(group: Any = None) -> NoReturn:
    """ValueError, as of a PyTorch that has not been told of other processes."""
    raise ValueError(
        "Default process group has not been initialized, please make sure to call init_process_group."
    )


get_world_size = get_rank


def init_process_group(*args: Any, **options: Any) -> NoReturn:
    """NotImplementedError: a program trains in one process."""
    raise NotImplementedError(
        "torch.distributed.init_process_group() is not available: the engine trains in one process, with "
        "several threads"
    )
