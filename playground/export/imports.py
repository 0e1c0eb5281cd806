"""The imports of a script, found by reading it: whatever it uses of the known names, and nothing else."""

import ast
import sys
from typing import Literal, NamedTuple

from playground.experiment.syntax import parse

Library = Literal["torch", "engine"]

KNOWN = {
    "islice": "from itertools import islice",
    "Path": "from pathlib import Path",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "load_file": "from safetensors.torch import load_file",
    "torch": "import torch",
    "nn": "from torch import nn",
    "DataLoader": "from torch.utils.data import DataLoader",
    "IterableDataset": "from torch.utils.data import IterableDataset",
    "Sampler": "from torch.utils.data import Sampler",
    "TensorDataset": "from torch.utils.data import TensorDataset",
    "get_worker_info": "from torch.utils.data import get_worker_info",
}


class Import(NamedTuple):
    """`from module import what`, or `import module as name` where `what` is empty."""

    module: str
    what: str
    name: str

    @property
    def standard(self) -> bool:
        return self.module.partition(".")[0] in sys.stdlib_module_names


def imports(body: str, library: Library) -> str:
    """The import lines of `body`, sorted; `library` stands where PyTorch is meant."""
    used = {node.id for node in ast.walk(parse(body)) if isinstance(node, ast.Name)}
    lines = [KNOWN[name] for name in used & KNOWN.keys()]
    found = {_from_library(part, library) for line in lines for part in _parts(line)}
    groups = [[part for part in found if part.standard], [part for part in found if not part.standard]]
    return "\n\n".join("\n".join(_lines(group)) for group in groups if group)


def packages(text: str) -> list[str]:
    """What to `pip install` for a script, as the package index calls it, PyTorch first."""
    roots = {
        part.module.partition(".")[0]
        for line in ast.walk(parse(text))
        if isinstance(line, ast.Import | ast.ImportFrom)
        for part in _parts(ast.unparse(line))
        if not part.standard
    }
    called = {"sklearn": "scikit-learn"}
    return sorted((called.get(root, root) for root in roots), key=lambda name: (name != "torch", name))


def _parts(line: str) -> list[Import]:
    statement = parse(line).body[0]
    match statement:
        case ast.ImportFrom(module=str(module), names=names):
            return [Import(module, alias.name, alias.name) for alias in names]
        case ast.Import(names=names):
            return [Import(alias.name, "", alias.asname or alias.name) for alias in names]
    raise ValueError(f"{line!r} is no import")


def _from_library(part: Import, library: Library) -> Import:
    root, dot, rest = part.module.partition(".")
    return part._replace(module=library + dot + rest) if root == "torch" else part


def _lines(group: list[Import]) -> list[str]:
    """Whole modules first, then names, each in the order of its module."""
    whole = [
        f"import {module}" + (f" as {name}" if name != module else "")
        for module, what, name in sorted(group)
        if not what
    ]
    names: dict[str, list[str]] = {}
    for module, what, _ in sorted(group):
        if what:
            names.setdefault(module, []).append(what)
    return whole + [f"from {module} import {', '.join(whats)}" for module, whats in names.items()]
