"""Who is measured: for each name the module that makes its step, and what it needs."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.works import Work


class Contender(NamedTuple):
    """``module`` has ``prepare(work, form)``, which returns a function that takes one step."""

    title: str
    module: str
    form: str = ""
    needs: str = ""  # a package that may be absent
    only_images: bool = False

    def takes(self, work: Work) -> bool:
        """Whether this form makes sense for a work."""
        return work.convolves or not self.only_images


CONTENDERS: dict[str, Contender] = {
    "floor": Contender("bare matrix products", "floor"),
    "captured": Contender("**ours, captured**", "ours", "captured"),
    "eager": Contender("**ours, eager**", "ours", "eager"),
    "torch": Contender("PyTorch eager", "pytorch", "eager", "torch"),
    "torch-foreach": Contender("PyTorch eager, foreach", "pytorch", "foreach", "torch"),
    "torch-fused": Contender("PyTorch eager, fused", "pytorch", "fused", "torch"),
    "torch-channels-last": Contender(
        "PyTorch fused, channels_last", "pytorch", "channels_last", "torch", True
    ),
    "torch-compile": Contender("torch.compile, whole step", "pytorch_compiled", "", "torch"),
    "jax": Contender("jax.jit, pytree", "jax_jit", "pytree", "jax"),
    "jax-flat": Contender("jax.jit, flat vector", "jax_jit", "flat", "jax"),
    "jax-nhwc": Contender("jax.jit, NHWC", "jax_jit", "nhwc", "jax", True),
}
