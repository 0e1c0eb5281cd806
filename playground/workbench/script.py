"""The same program as a PyTorch script: it is PyTorch already, so only its imports and its seed are added."""

import ast

from playground.workbench.program import Program

IMPORTS = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "optim": "from torch import optim",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
}


def script(program: Program) -> str:
    """The program with the import lines it lacks, the seed, and at the end a print of every tensor."""
    code = program.source.code.rstrip()
    nodes = [node for statement in program.source.body for node in ast.walk(statement)]
    if not nodes:
        return code + "\n"
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    bound = {
        alias.asname or alias.name.partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    wanted = {"torch", *(name for name in IMPORTS if name in used and name not in program.lines)} - bound
    head = [line for name, line in IMPORTS.items() if name in wanted]
    if "manual_seed" not in code:
        head += ([] if "torch" in wanted else ["import torch"]) + ["torch.manual_seed(0)"]
    return "\n".join([*head, *([""] if head else []), code, *_prints(program), ""])


def _prints(program: Program) -> list[str]:
    """A line for each tensor with a name, where the program prints nothing itself."""
    if program.printed or any(problem.severity == "error" for problem in program.problems):
        return []
    return ["", *(f'print("{name}", {name}, sep="\\n")' for name, _ in program.named_tensors())]
