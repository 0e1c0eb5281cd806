"""GPUs that are not there, with PyTorch's switches for their products and their attention."""

from __future__ import annotations

from types import SimpleNamespace

matmul = SimpleNamespace(
    allow_tf32=False, allow_fp16_reduced_precision_reduction=True,
    allow_bf16_reduced_precision_reduction=True,
)


def is_built() -> bool:
    """Always False."""
    return False


def enable_flash_sdp(enabled: bool) -> None:
    """Nothing to choose: there is one way to compute attention."""


enable_math_sdp = enable_mem_efficient_sdp = enable_cudnn_sdp = enable_flash_sdp
