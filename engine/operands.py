"""The operands of an op brought to one type, as PyTorch promotes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine import errors
from engine.dtypes import get_default_dtype, result_numpy

if TYPE_CHECKING:
    from engine.op import Op

_ndarray = np.ndarray


def promoted(op: Op, arrays: list[Any]) -> list[Any]:
    """The arrays in their common type; a Python number stays one next to floats.

    Raises TypeError for a number where the op takes none, and for what is no operand at all.
    """
    rule = op.promote
    shared = arrays[0].dtype if isinstance(arrays[0], _ndarray) else None
    if shared is not None and (shared.kind == "f" or (rule != "float" and op.bools)):
        for a in arrays:
            if not isinstance(a, _ndarray) or a.dtype is not shared:
                break
        else:
            return arrays
    if rule == "choice":
        return [arrays[0], *_as_arrays(_common(op, rule, arrays[1:], 1))]
    return _common(op, rule, arrays)


def _common(op: Op, rule: str, arrays: list[Any], first: int = 0) -> list[Any]:
    known, numbers = [], []
    for place, a in enumerate(arrays, first):
        if isinstance(a, _ndarray):
            known.append(a)
        elif isinstance(a, np.generic):
            numbers.append(a.item())
        elif isinstance(a, (int, float)) and (place in op.numbers_at):
            numbers.append(a)
        elif a is not None or place < op.signature.n_required:
            raise _refused(op, arrays, place)
    if not op.bools:
        _check_no_bools(known, numbers)
    target = result_numpy(known, numbers)
    if rule == "float" and target.kind != "f":
        target = get_default_dtype().numpy
    return [_in_type(a, target) for a in arrays]


def _check_no_bools(known: list[Any], numbers: list[Any]) -> None:
    """RuntimeError in PyTorch's words where a truth value would be subtracted, or subtracted from."""
    truths = [a.dtype.kind == "b" for a in known] + [isinstance(a, bool) for a in numbers]
    if all(truths):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
            "`logical_xor()` operator instead."
        )
    if any(truths):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
            "invert a mask, use the `~` or `logical_not()` operator instead."
        )


def _refused(op: Op, given: list[Any], place: int) -> TypeError:
    """PyTorch's words for an operand of the wrong kind: short where one signature is left, else with all."""
    kinds = ["Tensor" if isinstance(a, _ndarray) else type(a).__name__ for a in given]
    if op.numbers in ("all", "none") or len(given) != 2:
        return TypeError(
            f"{op.name}(): argument '{op.params[place]}' (position {place + 1}) must be Tensor, "
            f"not {kinds[place - len(op.params)]}"
        )
    first, second = op.params
    forms = [f"Tensor {first}, {kind} {second}" for kind in ("Tensor", "Number")]
    if op.numbers == "either":
        forms.insert(1, f"Number self, Tensor {second}")
    return TypeError(
        f"{op.name}() received an invalid combination of arguments - got ({', '.join(kinds)}), but expected "
        "one of:\n" + "".join(f" * ({form}, *, Tensor out = None)\n" for form in forms)
    )


def _as_arrays(values: list[Any]) -> list[Any]:
    """Python numbers, where nothing else decides their type, in the default one."""
    if any(isinstance(v, _ndarray) for v in values):
        return values
    target = result_numpy((), values)
    return [np.asarray(v, target) for v in values]


def _in_type(value: Any, target: np.dtype[Any]) -> Any:
    """An array, number or None as an operand of type ``target``."""
    if isinstance(value, _ndarray):
        return value if value.dtype == target else value.astype(target)
    if value is None or (target.kind == "f" and not isinstance(value, np.generic)):
        return value
    made = np.array(value).astype(target)
    made.flags.writeable = False    # a constant, as tensors are not
    return made


def explained(op: Op, problem: Exception, arrays: list[Any]) -> Exception:
    """A complaint of numpy's in PyTorch's words: about shapes that do not broadcast, or what is no array."""
    if isinstance(problem, AttributeError):
        return _no_tensor(op, arrays) or problem
    shapes = [a.shape for a in arrays if isinstance(a, _ndarray)]
    if "broadcast" in str(problem):
        for i, a in enumerate(shapes):
            for b in shapes[i + 1 :]:
                try:
                    np.broadcast_shapes(a, b)
                except ValueError:
                    return errors.broadcast(a, b)
    return problem


def _no_tensor(op: Op, arrays: list[Any]) -> TypeError | None:
    """The error for the first input that is no tensor, if one is none."""
    for place, given in enumerate(arrays):
        if isinstance(given, (_ndarray, np.generic)):
            continue
        kind = type(given).__name__
        if op.listed:
            return TypeError(f"expected Tensor as element {place} in argument 0, but got {kind}")
        if given is not None or place < op.signature.n_required:
            return errors.no_tensor(op.name, op.params[place], place + 1, given)
    return None
