"""Import lines: those of PyTorch that everybody writes are accepted, and bind names of the whitelist."""

import ast
from typing import Any

from playground.workbench.language.functions import Namespace
from playground.workbench.language.refusal import RefusedError
from playground.workbench.methods import attribute
from playground.workbench.names import MODULES

HARMLESS = frozenset({"__future__", "typing"})
FIX = "torch, torch.nn, torch.nn.functional, torch.optim and numpy (for np.array) are there"


def imported(node: ast.Import | ast.ImportFrom) -> dict[str, Any]:
    """What an import binds. Raises RefusedError for a module that is not there."""
    if isinstance(node, ast.Import):
        found = {}
        for alias in node.names:
            module = _module(alias.name)
            name = alias.asname or alias.name.partition(".")[0]
            found[name] = module if alias.asname else _module(name)
        return found
    if node.level or node.module is None:
        raise RefusedError("There are no modules of your own here.", FIX)
    if node.module in HARMLESS:
        return {}
    owner = _module(node.module)
    return {alias.asname or alias.name: _member(owner, alias.name) for alias in node.names}


def _module(path: str) -> Any:
    first, _, rest = path.partition(".")
    module = MODULES.get(first)
    if module is None or first in ("F", "nn", "optim"):
        raise RefusedError(f"There is no module {path[:80]} here.", FIX)
    for part in rest.split(".") if rest else ():
        module = attribute(module, part)
    if not isinstance(module, Namespace):
        raise RefusedError(f"{path[:80]} is no module.", FIX)
    return module


def _member(owner: Namespace, name: str) -> Any:
    if name == "*":
        raise RefusedError("`import *` is refused: it hides where names come from.", "name what you need")
    return attribute(owner, name)
