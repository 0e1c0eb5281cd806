"""Constructs of Python that are known and refused: why, and what to write instead."""

import ast

MODEL = "build the network in the Model workspace, or write nn.Sequential(nn.Linear(2, 8), nn.ReLU())"

EXPRESSIONS: dict[type[ast.expr], tuple[str, str | None]] = {
    ast.Lambda: ("`lambda` is refused: a program here defines no functions.", "write the expression itself"),
    ast.Await: ("`await` is refused: nothing here runs beside the program.", None),
    ast.Yield: ("`yield` is refused: a program here defines no functions.", None),
    ast.YieldFrom: ("`yield from` is refused: a program here defines no functions.", None),
    ast.NamedExpr: ("`:=` is refused: it hides where a name gets its value.", "give it a line of its own"),
    ast.Set: ("Sets are not known here.", "write a list"),
    ast.SetComp: ("Sets are not known here.", "write a list comprehension: [… for …]"),
    ast.DictComp: ("Dict comprehensions are not known here.", "write a dict, or a list comprehension"),
    ast.Starred: ("`*` is known in calls and lists only.", None),
}  # fmt: skip

STATEMENTS: dict[type[ast.stmt], tuple[str, str | None]] = {
    ast.ClassDef: ("`class` is refused: a program here defines nothing that runs later.", MODEL),
    ast.FunctionDef: (
        "`def` is refused: a program here defines nothing that runs later.",
        "write the lines themselves; for a network, use the Model workspace",
    ),
    ast.AsyncFunctionDef: ("`async def` is refused: nothing here runs beside the program.", MODEL),
    ast.While: ("`while` is refused: it may never end.", "write a `for` over a range: for i in range(10):"),
    ast.Try: ("`try` is refused: what goes wrong is shown at its line.", "write the line that may fail last"),
    ast.TryStar: ("`try` is refused: what goes wrong is shown at its line.", None),
    ast.Raise: ("`raise` is refused: there is nobody to catch it.", None),
    ast.Return: ("`return` is refused: a program here defines no functions.", None),
    ast.Global: ("`global` is refused: all names are global here.", "leave the line out"),
    ast.Nonlocal: ("`nonlocal` is refused: all names are global here.", "leave the line out"),
    ast.Match: ("`match` is refused.", "write if and else"),
    ast.AsyncFor: ("`async for` is refused: nothing here runs beside the program.", "write for"),
    ast.AsyncWith: ("`async with` is refused: nothing here runs beside the program.", "write with"),
}  # fmt: skip
