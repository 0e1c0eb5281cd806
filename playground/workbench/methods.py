"""Attributes and methods that a program may use, by the kind of their owner. All lookups are in tables."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import engine
from engine import nn
from engine.node import AccumulateGrad, Node
from engine.optim.lr_scheduler import LRScheduler
from playground.workbench.language.functions import Function, Namespace
from playground.workbench.language.refusal import RefusedError
from playground.workbench.language.values import holds, items, kind_of, measure, sentence, short, text

Attributes = Mapping[str, Callable[[Any], Any]]

HIDDEN = frozenset(
    [
        "numpy", "data_ptr", "register_hook", "register_post_accumulate_grad_hook", "cuda", "get_device",
        "bernoulli_", "type", "apply_", "map_",
    ]
)  # fmt: skip
READ = [
    "shape", "dtype", "requires_grad", "grad", "grad_fn", "is_leaf", "data", "T", "mT", "H", "mH", "ndim",
    "itemsize", "nbytes", "device", "layout", "is_cpu", "is_cuda", "output_nr", "retains_grad", "_version",
    "_base"
]
WHY_NOT = {
    "numpy": ("numpy arrays are not known here", "write .tolist(), or go on with the tensor"),
    "cuda": ("there is only the CPU here", "leave it out"),
    "register_hook": ("functions of your own are not known here", "the tape shows every gradient"),
    "apply_": ("functions of your own are not known here", "use an op on the whole tensor"),
    "data_ptr": ("addresses are not shown", "equal rails on the cards mean shared memory"),
}
QUIET = frozenset(
    [
        "size", "dim", "ndimension", "numel", "nelement", "is_same_size", "element_size",
        "is_floating_point", "is_complex", "is_signed", "stride", "is_contiguous", "storage_offset",
        "item", "tolist", "requires_grad_", "retain_grad",
    ]
)  # fmt: skip


def _is_method(name: str, value: Any) -> bool:
    return name[0] != "_" and name not in HIDDEN and callable(value) and not inspect.isclass(value)


TENSOR_METHODS = {
    name
    for cls in reversed(engine.Tensor.__mro__[:-1])
    for name, value in vars(cls).items()
    if _is_method(name, value)
}
TENSOR_ATTRIBUTES: Attributes = {name: (lambda t, name=name: getattr(t, name)) for name in READ}  # type: ignore[misc]
VIEWS = {name: TENSOR_ATTRIBUTES[name] for name in ("T", "mT", "H", "mH")}
"""Attributes that are ops: they are recorded as calls."""

SETTABLE = ("grad", "requires_grad", "data")

MODULE_METHODS = frozenset(
    [
        "parameters", "named_parameters", "zero_grad", "train", "eval", "requires_grad_", "state_dict",
        "children", "named_children", "modules", "named_modules", "buffers", "named_buffers", "double",
        "float", "forward", "flatten_parameters",
    ]
)  # fmt: skip
OPTIMIZER_METHODS = frozenset({"step", "zero_grad"})
SCHEDULER_METHODS = frozenset({"step", "get_last_lr"})
PLAIN = bool | int | float | str | tuple


def attribute(owner: Any, name: str) -> Any:
    """`owner.name`. Raises RefusedError for what is not in the tables."""
    if "__" in name:
        raise RefusedError(f"Attributes with two underscores are refused: .{name[:60]}")
    if isinstance(owner, Namespace):
        return _of_namespace(owner, name)
    if isinstance(owner, engine.Tensor):
        return _of_tensor(owner, name)
    if isinstance(owner, nn.Module):
        return _of_module(owner, name)
    if isinstance(owner, engine.optim.Optimizer) and name in OPTIMIZER_METHODS:
        return Function(f"optimizer.{name}", getattr(owner, name), f"optimizer.{name}", owner, quiet=True)
    if isinstance(owner, LRScheduler) and name in SCHEDULER_METHODS:
        return Function(f"scheduler.{name}", getattr(owner, name), name, owner, quiet=True)
    if isinstance(owner, Node | AccumulateGrad) and name in ("next_functions", "name"):
        return owner.next_functions if name == "next_functions" else _plain("name", owner.name)
    if isinstance(owner, engine.finfo | engine.iinfo) and name in ("eps", "max", "min", "tiny", "bits"):
        return getattr(owner, name)
    if isinstance(owner, tuple) and name in getattr(owner, "_fields", ()):
        return owner[owner._fields.index(name)]  # type: ignore[attr-defined]  # a named tuple
    found = OTHERS.get(dict if isinstance(owner, dict) else type(owner), {}).get(name)
    if found is not None:
        return _plain(name, lambda *args: found(owner, *args))
    if isinstance(owner, str) and name == "format":
        raise RefusedError("str.format is refused.", 'write an f-string: f"{x:.3f}"')
    raise RefusedError(sentence(f"{kind_of(owner)} has no attribute {name[:60]} here."))


def assign_attribute(owner: Any, name: str, value: Any) -> None:
    """`owner.name = value`, for the few attributes of a tensor that can be set."""
    if not isinstance(owner, engine.Tensor) or name not in SETTABLE:
        raise RefusedError(
            f"The attribute {name[:60]} of {kind_of(owner)} cannot be set here.",
            "only .grad, .data and .requires_grad of a tensor can",
        )
    if name == "data" and not isinstance(value, engine.Tensor):
        raise RefusedError(".data takes a tensor.")
    setattr(owner, name, value)


def _plain(name: str, call: Callable[..., Any]) -> Function:
    return Function(name, call, name, quiet=True)


def _of_namespace(owner: Namespace, name: str) -> Any:
    if name in owner.members:
        return owner.members[name]
    if name in owner.refused:
        raise RefusedError(f"{owner.name}.{name} is refused: {owner.refused[name]}.")
    if owner.name == "numpy":
        raise RefusedError(
            f"np.{name[:60]} is not known here: of numpy only np.array is.", "use torch's function"
        )
    raise RefusedError(f"{owner.name} has no {name[:60]} here.", _close(name, owner.members))


def _close(name: str, known: Iterable[str]) -> str | None:
    found = get_close_matches(name[:60], known, 1)
    return f"did you mean {found[0]}?" if found else None


def _of_tensor(owner: engine.Tensor, name: str) -> Any:
    if name in TENSOR_ATTRIBUTES:
        return TENSOR_ATTRIBUTES[name](owner)
    if name in TENSOR_METHODS:
        call = getattr(engine.Tensor, name)
        return Function(f".{name}", call, name, owner, bound=True, quiet=name in QUIET)
    if name in WHY_NOT:
        raise RefusedError(f".{name} is refused: {WHY_NOT[name][0]}.", WHY_NOT[name][1])
    close = _close(name, [*TENSOR_METHODS, *READ])
    raise RefusedError(f"A tensor has no attribute {name[:60]} here.", close)


def _of_module(owner: nn.Module, name: str) -> Any:
    for known in (owner._parameters, owner._modules, owner._buffers):
        if name in known:
            return known[name]
    if name in MODULE_METHODS and hasattr(owner, name):
        call = getattr(owner, name)
        if name == "forward":
            return Function(type(owner).__name__, owner, type(owner).__name__, owner, bound=True)
        return _plain(name, lambda *args, **options: _all_of(call(*args, **options)))
    value = vars(owner).get(name)
    if name[0] != "_" and isinstance(value, PLAIN):
        return value
    raise RefusedError(f"nn.{type(owner).__name__} has no attribute {name[:60]} here.")


def _all_of(found: Any) -> Any:
    """What an iterator gives, as a list."""
    return list(found) if isinstance(found, Iterator) else found


def _append(owner: list[Any], value: Any) -> None:
    measure((owner, value))
    if holds(value, owner):
        raise RefusedError("A list cannot hold itself here.")
    owner.append(value)


def _extend(owner: list[Any], values: Any) -> None:
    for value in items(values):
        _append(owner, value)


def _index(owner: list[Any], value: Any) -> int:
    measure((owner, value))
    return owner.index(value)


def _join(owner: str, values: Any) -> str:
    return short(owner.join(text(each) for each in items(values)))


OTHERS: dict[type, dict[str, Callable[..., Any]]] = {
    list: {"append": _append, "extend": _extend, "copy": lambda v: list(v), "index": _index,
           "pop": lambda v, at=-1: v.pop(at)},
    dict: {"keys": lambda v: list(v), "values": lambda v: list(v.values()),
           "items": lambda v: list(v.items()), "get": lambda v, key, other=None: v.get(key, other)},
    str: {"upper": str.upper, "lower": str.lower, "strip": lambda v: v.strip(), "join": _join,
          "split": lambda v: v.split(), "startswith": lambda v, s: v.startswith(s),
          "endswith": lambda v, s: v.endswith(s)},
    engine.Size: {"numel": lambda v: v.numel()},
    engine.Generator: {"manual_seed": lambda v, seed: v.manual_seed(seed)},
}  # fmt: skip
"""Methods of what is no tensor."""
