"""Hooks around saving and loading an optimizer's state."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from engine.node import RemovableHandle

Hook = Callable[..., Any]


class StateHooks:
    """The part of `Optimizer` that keeps these hooks; one without any has no place for them."""

    _state_hooks: dict[str, OrderedDict[int, Hook]] | None = None

    def _keep(self, kind: str, hook: Hook, prepend: bool) -> RemovableHandle:
        if self._state_hooks is None:
            self._state_hooks = {}
        kept = self._state_hooks.setdefault(kind, OrderedDict())
        handle = RemovableHandle(kept, hook)
        if prepend:
            kept.move_to_end(handle.id, last=False)
        return handle

    def _hooks_of(self, kind: str) -> tuple[Hook, ...]:
        return tuple(self._state_hooks.get(kind, {}).values()) if self._state_hooks else ()

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before `state_dict`."""
        return self._keep("save_before", hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` after it; a result other than None replaces the state."""
        return self._keep("save_after", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` before loading; a result other than None replaces the state."""
        return self._keep("load_before", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` after loading."""
        return self._keep("load_after", hook, prepend)
