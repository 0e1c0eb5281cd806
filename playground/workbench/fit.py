"""Which ops of the palette take the tensors chosen: each is tried on small tensors of the same kind."""

import re
from collections.abc import Sequence

import numpy as np

import engine
from playground.protocol.tensors import FitReply, OpFit
from playground.workbench.errors import NotThereError
from playground.workbench.palette import palette
from playground.workbench.program import Bounds, Program

RAW = re.compile(
    "tuple index out of range|to unpack|too many indices|out of bounds for axis|arrays used as indices"
    "|exceeds dimension size"
)
"""What Python and numpy say of shapes that an op did not expect."""

SMALL = 4096
"""Elements up to which a tensor stands for itself; larger ones are tried at another size."""


def fits(program: Program, names: Sequence[str], bounds: Bounds) -> FitReply:
    """Every op that takes as many tensors, and why not, where it does not. Raises NotThereError."""
    tensors = dict(program.all_tensors())
    missing = [name for name in names if name not in tensors]
    if missing:
        raise NotThereError(f"There is no tensor {missing[0]}.")
    sizes = Sizes([tensors[name] for name in names])
    found = []
    for op in (op for group in palette().groups for op in group.ops):
        if op.least_inputs <= len(names) <= op.most_inputs:
            error = _try(op.code, [sizes.stand_in(tensors[name]) for name in names], bounds)
            found.append(OpFit(name=op.name, fits=error is None, reason=sizes.in_words(error or "")))
    return FitReply(ops=found)


def _try(code: str, tensors: Sequence[engine.Tensor], bounds: Bounds) -> str | None:
    places = [f"tensor_{at}" for at in range(len(tensors))]
    if code.startswith("torch.") and "[{0}, {1}]" in code:
        code = code.replace("[{0}, {1}]", "[" + ", ".join(places) + "]")
    program = Program(code.format(*places), bounds)
    program.names.update(zip(places, tensors, strict=True))
    problem = next((each for each in program.start().problems if each.severity == "error"), None)
    return problem.message if problem is not None else None


class Sizes:
    """Sizes of large tensors, each with a small one that stands for it: equal stays equal, 0 and 1 stay."""

    def __init__(self, tensors: Sequence[engine.Tensor]) -> None:
        self._small: dict[int, int] = {}
        if max(tensor.numel() for tensor in tensors) > SMALL:
            for size in sorted({size for tensor in tensors for size in tensor.shape} - {0, 1}):
                self._small[size] = 2 + len(self._small)

    def stand_in(self, tensor: engine.Tensor) -> engine.Tensor:
        """A tensor of the same type, alone in its memory."""
        if not self._small:
            return tensor.detach().clone()
        shape = [self._small.get(size, size) for size in tensor.shape]
        return engine.from_numpy(np.ones(shape, tensor._array.dtype))

    def in_words(self, reason: str) -> str:
        """What an op said, with the real sizes; in general words where they are not known."""
        if RAW.search(reason) or (self._small and any(mark.isdigit() for mark in reason)):
            return "The shapes do not go together."
        return reason
