"""A module called with other tensors in the place of its parameters and buffers, for that call only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from engine.nn.module import Module
from engine.tensor import Tensor


def functional_call(
    module: Module, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: dict[str, Any] | None = None,
    *, tie_weights: bool = True, strict: bool = False,
) -> Any:
    """``module(*args, **kwargs)`` with the tensors of one dictionary or several, by their names.

    Gradients go to the tensors given. Names that belong to the same tensor are tied: what is given for one
    of them is used for all. With ``strict``, every tensor of the module has to be given.
    """
    given: dict[str, Tensor] = {}
    several = isinstance(parameter_and_buffer_dicts, Sequence)
    for each in parameter_and_buffer_dicts if several else [parameter_and_buffer_dicts]:
        twice = sorted(set(given) & set(each))
        if twice:
            raise ValueError(
                f"{twice} appeared in multiple dictionaries; behavior of functional call is ambiguous"
            )
        given.update(each)
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with _exchanged(module, given, tie_weights, strict):
        return module(*arguments, **(kwargs or {}))


def _places(module: Module) -> dict[str, tuple[dict[str, Any], str]]:
    """Where each parameter and buffer is held, by its name, tied ones under each of their names."""
    return {
        f"{path}.{name}" if path else name: (held, name)
        for path, part in module.named_modules(remove_duplicate=False)
        for held in (part._parameters, part._buffers)
        for name, tensor in held.items() if tensor is not None
    }


@contextmanager
def _exchanged(module: Module, given: Mapping[str, Tensor], tie: bool, strict: bool) -> Iterator[None]:
    places = _places(module)
    unknown, missing = sorted(set(given) - set(places)), sorted(set(places) - set(given))
    if strict and (unknown or missing):
        words = [f"{kind} key(s): {', '.join(keys)}." for kind, keys in
                 (("Unexpected", unknown), ("Missing", missing)) if keys]
        raise RuntimeError("Error(s) in reparametrizing:\n\t" + "\n\t".join(words))
    if unknown:
        raise AttributeError(f"{type(module).__name__} has no attribute `{unknown[0]}`")
    wanted = dict(given)
    if tie:
        own = {name: id(held[key]) for name, (held, key) in places.items()}
        by_tensor = {own[name]: value for name, value in given.items()}
        tied = {name: by_tensor[tensor] for name, tensor in own.items() if tensor in by_tensor}
        wanted = {**tied, **given}
    before = {name: places[name][0][places[name][1]] for name in wanted}
    try:
        for name, tensor in wanted.items():
            held, key = places[name]
            held[key] = tensor
        yield
    finally:
        for name, tensor in before.items():
            held, key = places[name]
            held[key] = tensor
