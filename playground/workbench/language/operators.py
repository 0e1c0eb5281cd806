"""Operators on values of a program; every result is bounded before it is made."""

import ast
import operator
from collections.abc import Callable
from typing import Any

import engine
from playground.workbench.language.budget import MAX_ITEMS
from playground.workbench.language.refusal import RefusedError
from playground.workbench.language.values import bounded_int, kind_of, measure, sentence, short

BINARY: dict[type[ast.operator], tuple[str, str, Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", "add", operator.add, operator.iadd),
    ast.Sub: ("-", "sub", operator.sub, operator.isub),
    ast.Mult: ("*", "mul", operator.mul, operator.imul),
    ast.Div: ("/", "div", operator.truediv, operator.itruediv),
    ast.FloorDiv: ("//", "floor_divide", operator.floordiv, operator.ifloordiv),
    ast.Mod: ("%", "remainder", operator.mod, operator.imod),
    ast.Pow: ("**", "pow", operator.pow, operator.ipow),
    ast.MatMult: ("@", "matmul", operator.matmul, operator.imatmul),
    ast.BitAnd: ("&", "bitwise_and", operator.and_, operator.iand),
    ast.BitOr: ("|", "bitwise_or", operator.or_, operator.ior),
    ast.BitXor: ("^", "bitwise_xor", operator.xor, operator.ixor),
    ast.LShift: ("<<", "bitwise_left_shift", operator.lshift, operator.ilshift),
    ast.RShift: (">>", "bitwise_right_shift", operator.rshift, operator.irshift),
}
"""Sign, op, how it makes a new value, how it writes into the first."""

COMPARE: dict[type[ast.cmpop], tuple[str, str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", "eq", operator.eq),
    ast.NotEq: ("!=", "ne", operator.ne),
    ast.Lt: ("<", "lt", operator.lt),
    ast.LtE: ("<=", "le", operator.le),
    ast.Gt: (">", "gt", operator.gt),
    ast.GtE: (">=", "ge", operator.ge),
}
UNARY: dict[type[ast.unaryop], tuple[str, str, Callable[[Any], Any]]] = {
    ast.USub: ("-", "neg", operator.neg),
    ast.UAdd: ("+", "positive", operator.pos),
    ast.Invert: ("~", "bitwise_not", operator.invert),
}
MOST_EXPONENT = 4096
NUMBERS = (bool, int, float)
SEQUENCES = (list, tuple, str)


def is_tensor(*values: Any) -> bool:
    """Whether any of the values is a tensor."""
    return any(isinstance(value, engine.Tensor) for value in values)


def plain_binary(kind: type[ast.operator], left: Any, right: Any) -> Any:
    """An operator on numbers, strings and lists. Raises RefusedError for what is too large or not known."""
    sign, _, compute, _ = BINARY[kind]
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        _check_numbers(kind, left, right)
        return bounded_int(compute(left, right))
    if kind is ast.Add and isinstance(left, SEQUENCES) and type(left) is type(right):
        if isinstance(left, str) and isinstance(right, str):
            return short(left + right)
        measure((left, right))
        return left + right  # type: ignore[operator]
    if kind is ast.Add and isinstance(left, tuple) and isinstance(right, tuple):  # torch.Size
        return left + right
    if kind is ast.Mult and isinstance(left, SEQUENCES) and isinstance(right, int):
        return _repeated(left, right)
    if kind is ast.Mult and isinstance(left, int) and isinstance(right, SEQUENCES):
        return _repeated(right, left)
    if kind is ast.Mod and isinstance(left, str):
        raise RefusedError("Strings are not formatted with % here.", 'write an f-string: f"{x:.3f}"')
    raise RefusedError(sentence(f"{kind_of(left)} {sign} {kind_of(right)} is not defined."))


def _check_numbers(kind: type[ast.operator], left: Any, right: Any) -> None:
    integers = isinstance(left, int) and isinstance(right, int)
    if kind is ast.Pow and integers and abs(right) * max(abs(left), 2).bit_length() > MOST_EXPONENT:
        raise RefusedError(f"{left}**{right} does not fit into 64 bits.", "write floats: 2.0**100")
    if kind is ast.Pow and left < 0 and isinstance(right, float) and right != int(right):
        raise RefusedError("A negative number to this power is complex; complex numbers are not known here.")
    if kind is ast.LShift and integers and right > 64:
        raise RefusedError(f"{left} << {right} does not fit into 64 bits.")


def _repeated(sequence: Any, times: int) -> Any:
    size = len(sequence) // 16 if isinstance(sequence, str) else measure(sequence)
    if times > 0 and size * times > MAX_ITEMS:
        raise RefusedError(
            f"This makes {size * times:,} entries; here a list may have {MAX_ITEMS:,}.",
            "use a tensor: torch.full((n,), value)",
        )
    if isinstance(sequence, str) and len(sequence) * max(times, 0) > MAX_ITEMS:
        raise RefusedError(f"This makes a text of {len(sequence) * times:,} characters.")
    return sequence * times


def plain_compare(kind: type[ast.cmpop], left: Any, right: Any) -> bool:
    """A comparison of values that are no tensors."""
    if isinstance(left, (*SEQUENCES, dict)) or isinstance(right, (*SEQUENCES, dict)):
        measure((left, right))
    return bool(COMPARE[kind][2](left, right))


def contains(container: Any, value: Any) -> bool:
    """`value in container`."""
    if isinstance(container, range):  # any other number would be looked for turn by turn
        return isinstance(value, int) and value in container
    if isinstance(container, engine.Tensor | str | dict):
        return value in container
    if isinstance(container, list | tuple):
        measure((container, value))
        return value in container
    raise RefusedError(f"`in` does not look into {kind_of(container)}.")
