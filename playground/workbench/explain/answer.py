"""Chooses how an element is explained: by the kind of its call, and by its derivative where nothing fits."""

from collections.abc import Callable, Mapping

from playground.protocol.tensor_requests import ExplainRequest
from playground.protocol.tensors import ExplainReply
from playground.workbench.errors import NotThereError
from playground.workbench.explain.arithmetic import elementwise, reduction, softmax
from playground.workbench.explain.call import Explained, Question
from playground.workbench.explain.pools import pooling
from playground.workbench.explain.products import convolution, product
from playground.workbench.explain.tracing import everything, looked_up, moved, sensitive
from playground.workbench.explain.writing import number
from playground.workbench.kinds import stretches
from playground.workbench.program import Bounds, Program
from playground.workbench.windows import item

WAYS: Mapping[str, Callable[[Question], Explained | None]] = {
    "elementwise": elementwise, "broadcast": elementwise, "reduce": reduction, "matmul": product,
    "conv": convolution, "pool": pooling, "softmax": softmax, "index": moved, "view": moved,
    "shape": moved, "join": moved,
}  # fmt: skip


def explain(wanted: ExplainRequest, bounds: Bounds) -> ExplainReply:
    """Raises NotThereError where the program has no such call or element."""
    call = Program(wanted.code, bounds, wanted.call).start().trace.found
    if call is None:
        raise NotThereError(f"The program has no call {wanted.call}.")
    if wanted.output >= len(call.outputs):
        raise NotThereError(f"{call.function.op} gave no result number {wanted.output}.")
    shape = call.outputs[wanted.output].shape
    element = tuple(wanted.element)
    if len(element) != len(shape) or any(at >= size for at, size in zip(element, shape, strict=True)):
        raise NotThereError(f"A tensor of shape {shape} has no element {list(element)}.")
    question = Question(call, element, wanted.output)
    found = _found(question)
    return ExplainReply(
        call=wanted.call, element=list(element), value=item(question.value), formula=found.formula,
        arithmetic=found.arithmetic, sources=found.sources,
    )  # fmt: skip


def _found(question: Question) -> Explained:
    if not question.inputs:
        return Explained(question.op, f"made by {question.op}: {number(question.value)}", [])
    known = WAYS.get(question.call.kind)
    if question.call.kind == "write":
        known = elementwise if stretches(question.op) else moved
    for way in (looked_up, known, sensitive):
        if way is None:
            continue
        try:
            found = way(question)
        except (RuntimeError, TypeError, ValueError, IndexError):
            continue  # this way does not know the op's arguments; the next needs to know less
        if found is not None:
            return found
    return everything(question)
