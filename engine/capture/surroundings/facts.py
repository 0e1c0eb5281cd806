"""Facts: what a recording took as given of networks and optimizers, looked at after a change of structure."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import Any, NamedTuple

from engine.anomaly import is_anomaly_enabled
from engine.dtypes import get_default_dtype
from engine.threads import workers

_MISSING = object()


class Facts(NamedTuple):
    """What a module is: its class, attributes, registered parts, and how many hooks of each kind it has."""

    own: dict[str, Any]
    parameters: dict[str, Any]
    buffers: dict[str, Any]
    modules: dict[str, Any]
    kind: type
    hooks: tuple[int, ...]


def facts(module: Any) -> Facts:
    """What a module is now, to compare with later."""
    own = module.__dict__
    hooks = [len(v) for k, v in own.items() if k.endswith("_hooks") and v] if module._hooked else ()
    parts = own["_parameters"].copy(), own["_buffers"].copy(), own["_modules"].copy()
    return Facts(own.copy(), *parts, type(module), tuple(hooks))


def difference(module: Any, before: Facts) -> str:
    """The first attribute of a module that is not what it was; empty if none."""
    now = facts(module)
    for then, parts in zip(before[:4], now[:4], strict=True):
        for name in parts.keys() | then.keys():
            a, b = parts.get(name, _MISSING), then.get(name, _MISSING)
            if a is not b and not (type(a) is type(b) and isinstance(a, (int, float, str, tuple)) and a == b):
                return name
    if now.kind is not before.kind:
        return "__class__"
    return "" if now.hooks == before.hooks else "hooks"


def parts_of(optimizer: Any) -> list[Any]:
    """What a step takes as given of an optimizer: class, parameters, hooks, functions that were put in it."""
    own = vars(optimizer)
    found = [type(optimizer), optimizer._opt_called is False]
    found += [part for item in own.items() if callable(item[1]) for part in item]
    found += [*own["_before"].values(), None, *own["_after"].values()]
    for group in optimizer.param_groups:
        found += [None, *group["params"]]
    return found


def contents(container: Any) -> list[Any]:
    """What is in a list or dict that tells of its changes."""
    return [*container, *container.values()] if isinstance(container, dict) else [*container]


def same(these: Sequence[Any], those: Sequence[Any]) -> bool:
    """Whether two lists have the same objects in them."""
    return len(these) == len(those) and all(map(is_, these, those))


def modes() -> tuple[Any, ...]:
    """What holds for the whole program."""
    return workers(), get_default_dtype(), is_anomaly_enabled()
