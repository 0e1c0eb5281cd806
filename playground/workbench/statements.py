"""One statement: checked against the palette and the bounds, run on the engine, and written as PyTorch."""

import math
from dataclasses import dataclass
from typing import Any

import engine
from playground.protocol.requests import Statement
from playground.workbench.bounds import result_elements
from playground.workbench.palette import CREATION, OPS, SIGNS, Creation, Operation
from playground.workbench.values import MOST_DIMENSIONS, ValuesError, integers, nested, numbers

DTYPES = {
    "float32": engine.float32,
    "float64": engine.float64,
    "int64": engine.int64,
    "bool": engine.bool,
}


class StatementError(Exception):
    """What is wrong with a statement, and in which of its fields."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Line:
    """A statement as PyTorch. `draws` says that it takes random numbers from the common generator."""

    code: str
    draws: bool = False


class Space:
    """The tensors made so far, by name, and how many elements they may have: each, and all together."""

    def __init__(self, max_tensor_elements: int, max_elements: int) -> None:
        self.tensors: dict[str, engine.Tensor] = {}
        self._most_each = max_tensor_elements
        self._left = max_elements

    def run(self, statement: Statement) -> Line:
        """Run one statement and keep its tensor. Raises StatementError, or what the engine raises."""
        creation = CREATION.get(statement.op)
        operation = OPS.get(statement.op)
        try:
            if creation is not None:
                tensor, line = self._create(creation, statement)
            elif operation is not None:
                tensor, line = self._operate(operation, statement)
            else:
                raise StatementError("op", f"there is no {statement.op} here")
        except ValuesError as error:
            raise StatementError("values", str(error)) from None
        self._left -= tensor.numel()
        self.tensors[statement.name] = tensor
        return line

    def _fit(self, elements: int) -> None:
        if elements > self._most_each:
            raise StatementError(
                "op", f"that would be {elements:,} elements; a tensor here has at most {self._most_each:,}"
            )
        if elements > self._left:
            raise StatementError("op", f"with {elements:,} more elements there would be too many in all")

    def _create(self, creation: Creation, statement: Statement) -> tuple[engine.Tensor, Line]:
        if statement.inputs:
            raise StatementError("inputs", f"{creation.name} takes no tensors")
        arguments = _creation_arguments(creation, statement)
        self._fit(_created_elements(creation, arguments))
        options: dict[str, Any] = {}
        words = _words(arguments)
        if statement.dtype is not None:
            options["dtype"] = DTYPES[statement.dtype]
            words.append(f"dtype=torch.{statement.dtype}")
        if statement.requires_grad:
            options["requires_grad"] = True
            words.append("requires_grad=True")
        code = f"{statement.name} = torch.{creation.name}({', '.join(words)})"
        if creation.random and statement.seed is not None:
            engine.manual_seed(statement.seed)
            code = f"torch.manual_seed({statement.seed})\n{code}"
        draws = creation.random and statement.seed is None
        return creation.function(*arguments, **options), Line(code, draws)

    def _operate(self, operation: Operation, statement: Statement) -> tuple[engine.Tensor, Line]:
        if statement.requires_grad:
            raise StatementError("requires_grad", "it is chosen where a tensor is made, not for a result")
        tensors = self._inputs(operation, statement)
        positional, options = _operation_arguments(operation, statement)
        shapes = [tuple(tensor.shape) for tensor in tensors]
        asked = positional[-1] if operation.packed else positional if operation.further else ()
        self._fit(result_elements(operation, shapes, asked))
        given = [tensors] if operation.listed else tensors
        result = operation.function(*given, *positional, **options)
        code = _operation_code(operation, statement.inputs, positional, options)
        if isinstance(result, tuple):
            code += f".{type(result)._fields[0]}"  # type: ignore[attr-defined]  # named, as PyTorch's are
            result = result[0]
        return result, Line(f"{statement.name} = {code}")

    def _inputs(self, operation: Operation, statement: Statement) -> list[engine.Tensor]:
        for name in statement.inputs:
            if name not in self.tensors:
                raise StatementError("inputs", f"there is no tensor {name} above this line")
        least, most, given = operation.least_inputs, operation.most_inputs, len(statement.inputs)
        if not least <= given <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise StatementError("inputs", f"{operation.name} takes {wanted} tensors, and was given {given}")
        if operation.takes_number and given == 1 and not statement.values:
            raise StatementError("inputs", f"{operation.name} needs a second tensor, or a number as values")
        return [self.tensors[name] for name in statement.inputs]


def _creation_arguments(creation: Creation, statement: Statement) -> list[Any]:
    """Positional arguments, a shape as one tuple."""
    if creation.values_help and not statement.values:
        raise StatementError("values", f"{creation.name} needs {creation.values_help}")
    if creation.shape and statement.shape is None:
        raise StatementError("shape", f"{creation.name} needs a shape")
    shape = [tuple(statement.shape or ())] if creation.shape else []
    text = statement.values or ""
    if creation.name == "tensor":
        return [nested(text)]
    if creation.name == "full":
        return [*shape, *_exactly(numbers(text), 1, 1, creation)]
    if creation.name == "arange":
        return _exactly(numbers(text), 1, 3, creation)
    if creation.name == "linspace":
        start, end, steps = _exactly(numbers(text), 3, 3, creation)
        return [start, end, _whole(steps)]
    if creation.name == "eye":
        return [_whole(each) for each in _exactly(numbers(text), 1, 2, creation)]
    if creation.name == "randint":
        return [*(_whole(each) for each in _exactly(numbers(text), 2, 2, creation)), *shape]
    return shape


def _exactly(found: list[int | float], least: int, most: int, creation: Creation) -> list[Any]:
    if not least <= len(found) <= most:
        wanted = creation.values_help
        raise StatementError("values", f"{creation.name} needs {wanted}; {len(found)} were given")
    return list(found)


def _whole(number: int | float) -> int:
    if not math.isfinite(number) or number != int(number):
        raise StatementError("values", f"{number} is not a whole number")
    return int(number)


def _created_elements(creation: Creation, arguments: list[Any]) -> int:
    if creation.name == "tensor":
        return 0  # as many as were written
    if creation.shape:
        return math.prod(next(each for each in arguments if isinstance(each, tuple)))
    if creation.name == "arange":
        start, end, step = (0, arguments[0], 1) if len(arguments) == 1 else (*arguments, 1)[:3]
        count = (end - start) / step if step else 0
        return math.ceil(max(count, 0)) if math.isfinite(count) else 2**63
    if creation.name == "linspace":
        return int(arguments[2])
    return int(arguments[0]) * int(arguments[-1])


def _operation_arguments(operation: Operation, statement: Statement) -> tuple[list[Any], dict[str, Any]]:
    """What follows the tensors: by place, and by keyword."""
    positional: list[Any] = []
    options: dict[str, Any] = {}
    if statement.dim is not None:
        if not operation.dim:
            raise StatementError("dim", f"{operation.name} takes no dim")
        if abs(statement.dim) > MOST_DIMENSIONS:
            raise StatementError("dim", f"a tensor here has at most {MOST_DIMENSIONS} dimensions")
        if operation.further:
            positional.append(statement.dim)
        else:
            options["dim"] = statement.dim
    elif operation.needs_dim:
        raise StatementError("dim", f"{operation.name} needs a dim")
    if statement.keepdim:
        if not operation.keepdim:
            raise StatementError("keepdim", f"{operation.name} takes no keepdim")
        options["keepdim"] = True
    if operation.further:
        positional += _further(operation, statement)
    elif operation.takes_number and len(statement.inputs) == 1:
        positional += _one(numbers(statement.values or ""))
    elif statement.values:
        raise StatementError("values", f"{operation.name} takes no values")
    return positional, options


def _further(operation: Operation, statement: Statement) -> list[Any]:
    names = operation.further
    text = statement.values
    found = integers(text) if text else list(statement.shape or ())
    if operation.packed:
        return [tuple(found)]
    if len(found) != len(names):
        wanted = ", ".join(names)
        raise StatementError("values", f"{operation.name} needs {wanted}; {len(found)} were given")
    return list(found)


def _one(found: list[int | float]) -> list[int | float]:
    if len(found) != 1:
        raise StatementError("values", f"one number is needed, and {len(found)} were given")
    return found


def _operation_code(
    operation: Operation, names: list[str], positional: list[Any], options: dict[str, Any]
) -> str:
    words = _words(positional) + [f"{key}={value}" for key, value in options.items()]
    if operation.name in SIGNS:
        return f"{names[0]} {SIGNS[operation.name]} {[*names[1:], *words][0]}"
    if operation.written == "method":
        return f"{names[0]}.{operation.name}({', '.join([*names[1:], *words])})"
    tensors = [f"[{', '.join(names)}]"] if operation.listed else names
    return f"{operation.written}.{operation.name}({', '.join([*tensors, *words])})"


def _words(arguments: list[Any]) -> list[str]:
    """Arguments as Python. A shape alone is written as PyTorch users write it, without brackets."""
    if len(arguments) == 1 and isinstance(arguments[0], tuple) and arguments[0]:
        return [str(size) for size in arguments[0]]
    return [_text(argument) for argument in arguments]


def _text(argument: Any) -> str:
    """An argument as Python; infinities, which have no literal, by their name."""
    if isinstance(argument, float) and not math.isfinite(argument):
        return f'float("{argument}")'
    if isinstance(argument, list):
        return f"[{', '.join(_text(each) for each in argument)}]"
    return repr(argument)
