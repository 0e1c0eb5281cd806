"""Hooks around saving and loading a module's state, and state that is no tensor."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from engine.node import RemovableHandle

Hook = Callable[..., Any]
EXTRA_STATE = "_extra_state"


class StateHooks:
    """The part of `Module` that keeps these hooks; a module without any has no place for them."""

    _state_hooks: dict[str, OrderedDict[int, Hook]] | None = None

    def register_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before the state is read."""
        return self._keep("save_before", hook)

    def register_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after it was read."""
        return self._keep("save_after", hook)

    def register_load_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, …)` before loading."""
        return self._keep("load_before", hook)

    def register_load_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after loading; it may change the lists of keys."""
        return self._keep("load_after", hook)

    def _keep(self, kind: str, hook: Hook) -> RemovableHandle:
        if self._state_hooks is None:
            self.__dict__["_state_hooks"] = {}
        kept: dict[str, OrderedDict[int, Hook]] = self.__dict__["_state_hooks"]
        return RemovableHandle(kept.setdefault(kind, OrderedDict()), hook)

    def _hooks_of(self, kind: str) -> tuple[Hook, ...]:
        return tuple(self._state_hooks.get(kind, {}).values()) if self._state_hooks else ()

    def get_extra_state(self) -> Any:
        """What else belongs into the state under `_extra_state`: for subclasses to define."""
        raise RuntimeError(
            "Reached a code path in Module.get_extra_state() that should never be called. Define it in "
            "the subclass together with set_extra_state()."
        )

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(
            "Reached a code path in Module.set_extra_state() that should never be called. Define it in "
            "the subclass together with get_extra_state()."
        )

    def _has_extra_state(self) -> bool:
        return type(self).get_extra_state is not StateHooks.get_extra_state
