"""Group and States: an optimizer's options and what it keeps, dicts that tell when they are written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from engine.recording import changed, options, structure
from engine.telling import Members, Parts, telling


@telling(options)
class Group(dict[str, Any]):
    """The dict in ``param_groups``. Captured steps look at its options again after any of its writes."""


@telling(structure)
class States(defaultdict[Any, Any]):
    """The dict in ``state``, with a dict of what is kept of each parameter."""

    def __init__(self, states: Mapping[Any, Any] | None = None) -> None:
        super().__init__(Parts)
        for param, values in (states or {}).items():
            self[param] = values

    def __setitem__(self, param: Any, values: Any) -> None:
        super().__setitem__(param, Parts(values) if type(values) is dict else values)

    def __reduce__(self) -> Any:
        return States, (), None, None, iter(self.items())


class Watched:
    """An object with groups and states, whose attributes captured steps take as given."""

    state: States
    param_groups: Members

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__dict__.get(name, self) is not value:
            changed()
        kind = {"state": States, "param_groups": Members}.get(name)
        object.__setattr__(self, name, value if kind is None or isinstance(value, kind) else kind(value))

    def __delattr__(self, name: str) -> None:
        changed()
        object.__delattr__(self, name)


class _Required:
    """In place of a default: every group has to say this option itself."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()
