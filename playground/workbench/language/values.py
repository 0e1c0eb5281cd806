"""Values of a program that are no tensors: how large they are, what they iterate over, how they print."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import GeneratorType
from typing import Any

import engine
from engine import nn
from engine.node import AccumulateGrad, Node
from playground.workbench.language.budget import MAX_ENTRIES, MAX_INT, MAX_ITEMS, MAX_NESTING, MAX_TEXT
from playground.workbench.language.refusal import RefusedError

Number = (bool, int, float)


@dataclass(frozen=True)
class TypeName:
    """What `type(value)` gives: a name that prints, and nothing more."""

    name: str

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"


def measure(value: Any, most: int = MAX_ENTRIES) -> int:
    """Entries of nested lists, tuples and dicts.

    Raises RefusedError where there are more than `most`, or where they are nested too deeply.
    """
    count, level, depth = 0, [value], 0
    while level:
        deeper: list[Any] = []
        for each in level:
            if isinstance(each, list | tuple):
                deeper.extend(each)
                count += len(each)
            elif isinstance(each, Mapping):
                deeper.extend(each.values())
                count += len(each)
            elif isinstance(each, range):
                count += len(each)
            elif isinstance(each, str):
                count += len(each) // 16
            if count > most:
                raise RefusedError(
                    f"Lists here may have {most:,} entries, nested ones included.",
                    "use a tensor: torch.zeros(n)",
                )
        level, depth = deeper, depth + 1
        if depth > MAX_NESTING:
            raise RefusedError(f"Lists here may be nested {MAX_NESTING} deep.", "write them side by side")
    return count


def holds(value: Any, wanted: Any) -> bool:
    """Whether `wanted` is `value` or inside it."""
    stack = [value]
    while stack:
        each = stack.pop()
        if each is wanted:
            return True
        if isinstance(each, list | tuple):
            stack.extend(each)
        elif isinstance(each, dict):
            stack.extend(each.values())
    return False


def items(value: Any) -> list[Any]:
    """What a loop over `value` goes through. Raises RefusedError where there is too much of it."""
    if isinstance(value, range | list | tuple | str):
        _few(len(value))
        return list(value)
    if isinstance(value, Mapping):
        return list(value)
    if isinstance(value, engine.Tensor):
        _few(len(value))
        return list(value)
    if isinstance(value, GeneratorType):  # no program makes one: it is a module's parameters or children
        return list(value)
    if isinstance(value, nn.Sequential | nn.ModuleList | nn.ParameterList):
        return list(value)
    raise RefusedError(
        f"A loop cannot go over {kind_of(value)}.", "loop over a range, a list, a tuple or a tensor"
    )


def _few(count: int) -> None:
    if count > MAX_ITEMS:
        raise RefusedError(
            f"A loop over {count:,} things is too long: here it may have {MAX_ITEMS:,} turns.",
            "let one op do the work of the loop",
        )


def bounded_int(value: Any) -> Any:
    """`value` where it is no integer beyond 64 bits. Raises RefusedError."""
    if isinstance(value, int) and not -MAX_INT - 1 <= value <= MAX_INT:
        raise RefusedError("This integer does not fit into 64 bits.", "write a float, as 1e20")
    return value


def text(value: Any) -> str:
    """What `print` writes for a value. Raises RefusedError where it is too long."""
    if isinstance(value, str):
        return short(value)
    return short(shown(value))


def shown(value: Any) -> str:
    """The `repr` of a value, as PyTorch and Python have it, for what a program can hold and nothing else."""
    if isinstance(value, engine.Tensor):
        return tensor_text(value)
    if isinstance(value, Node | AccumulateGrad):
        return f"<{value.name().rpartition('::')[2]} object>"
    measure(value)
    if isinstance(value, engine.Size) or (isinstance(value, tuple) and hasattr(value, "_fields")):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(shown, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{shown(key)}: {shown(each)}' for key, each in value.items())}}}"
    return repr(value)


def tensor_text(tensor: engine.Tensor) -> str:
    """A tensor as PyTorch prints it."""
    return repr(tensor)


def short(found: str) -> str:
    """`found`, where it is no longer than a text here may be. Raises RefusedError."""
    if len(found) > MAX_TEXT:
        raise RefusedError(f"This text has {len(found):,} characters; here {MAX_TEXT:,} are the most.")
    return found


def sentence(words: str) -> str:
    """Words with a capital letter at the front."""
    return words[:1].upper() + words[1:]


def kind_of(value: Any) -> str:
    """What a value is, in a few words."""
    if isinstance(value, engine.Tensor):
        return "a tensor"
    if isinstance(value, nn.Module):
        return f"nn.{type(value).__name__}"
    if isinstance(value, engine.optim.Optimizer):
        return f"torch.optim.{type(value).__name__}"
    if isinstance(value, TypeName):
        return "a type"
    names = {
        "int": "an integer", "float": "a float", "bool": "a bool", "str": "a string", "list": "a list",
        "tuple": "a tuple", "dict": "a dict", "NoneType": "None", "range": "a range", "Size": "a torch.Size",
    }  # fmt: skip
    return names.get(type(value).__name__, f"a {type(value).__name__}")
