"""Statements: one method per kind of node. What has no method is refused."""

import ast
from collections.abc import Callable
from typing import Any, ClassVar

import engine
from playground.workbench.language.budget import Budget
from playground.workbench.language.expressions import Evaluator, plain_key
from playground.workbench.language.functions import Function, GradMode, Namespace
from playground.workbench.language.imports import imported
from playground.workbench.language.reasons import STATEMENTS
from playground.workbench.language.refusal import RefusedError, StoppedError, explained
from playground.workbench.language.values import holds, items, kind_of, measure, sentence, text
from playground.workbench.methods import assign_attribute, attribute


class LoopEndedError(Exception):
    """`break` or `continue`."""

    def __init__(self, kind: type[ast.stmt]) -> None:
        super().__init__(kind.__name__.lower())
        self.kind = kind


class Interpreter(Evaluator):
    """Runs statements in order. `lines` says where each name got its value, `printed` what was printed."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.printed: list[tuple[int, str]] = []
        self.printing = Function("print", self._print, "print", quiet=True)

    def run(self, body: list[ast.stmt]) -> None:
        """Run statements until one stops the program. Raises StoppedError."""
        for statement in body:
            self.execute(statement)

    def execute(self, node: ast.stmt) -> None:
        """Run one statement. Raises StoppedError at what is wrong in it."""
        method = self.STATEMENTS.get(type(node))
        try:
            self.budget.step()
            if method is None:
                raise RefusedError(*STATEMENTS.get(type(node), ("This is not known here.", None)))
            method(self, node)
        except (StoppedError, LoopEndedError):
            raise
        except Exception as error:  # the engine's own, in its own words
            raise StoppedError(_head(node), *explained(error)) from error

    def _print(self, *values: Any, sep: Any = " ", end: Any = "\n") -> None:
        if not isinstance(sep, str | None.__class__) or not isinstance(end, str | None.__class__):
            raise RefusedError("sep and end are strings.")
        line = (" " if sep is None else sep).join(text(value) for value in values)
        self.budget.write(len(line) + 1)
        self.printed.append((getattr(self.here, "lineno", 1), line + ("" if end in ("\n", None) else end)))

    # ---- values to names ----

    def _expression(self, node: ast.Expr) -> None:
        self.evaluate(node.value)

    def _assign(self, node: ast.Assign) -> None:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.bind(target, value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.bind(node.target, self.evaluate(node.value))

    def _augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        if isinstance(target, ast.Name):
            left = self._name(target)
            self.bind(
                target, self.combine(type(node.op), left, self.evaluate(node.value), node, inplace=True)
            )
            return
        owner = self.evaluate(target.value)
        if isinstance(target, ast.Attribute):
            left = attribute(owner, target.attr)
            made = self.combine(type(node.op), left, self.evaluate(node.value), node, inplace=True)
            assign_attribute(owner, target.attr, made)
            return
        key = self.evaluate(target.slice)
        left = self.item(owner, key, target)
        made = self.combine(type(node.op), left, self.evaluate(node.value), node, inplace=True)
        self._put(owner, key, made, target)

    def bind(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            if "__" in target.id:
                raise RefusedError("Names with two underscores are refused.", "choose another name")
            if isinstance(value, Namespace | GradMode):
                raise RefusedError(f"{value.name} is no value.", "use it where it stands")
            self.names[target.id] = value
            self.lines[target.id] = target.lineno
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value)
        elif isinstance(target, ast.Subscript):
            self._put(self.evaluate(target.value), self.evaluate(target.slice), value, target)
        elif isinstance(target, ast.Attribute):
            assign_attribute(self.evaluate(target.value), target.attr, value)
        else:
            raise RefusedError("Values go to names, elements and .grad, .data or .requires_grad only.")

    def _unpack(self, target: ast.Tuple | ast.List, value: Any) -> None:
        if any(isinstance(each, ast.Starred) for each in target.elts):
            raise RefusedError("`*` in an assignment is not known here.", "name each value")
        values = items(value)
        if len(values) != len(target.elts):
            few = "not enough" if len(values) < len(target.elts) else "too many"
            raise RefusedError(f"There are {few} values: {len(values)} for {len(target.elts)} names.")
        for each, part in zip(target.elts, values, strict=True):
            self.bind(each, part)

    def _put(self, owner: Any, key: Any, value: Any, node: ast.AST) -> None:
        if isinstance(owner, engine.Tensor):
            write = Function("[] =", engine.Tensor.__setitem__, "setitem")
            self.invoke(write, (owner, key, value), {}, node)
        elif isinstance(owner, list | dict):
            place = plain_key(key) if isinstance(owner, dict) else key
            measure((owner, value))
            if isinstance(value, list | dict | tuple) and holds(value, owner):
                raise RefusedError("A list cannot hold itself here.")
            owner[place] = value
        else:
            raise RefusedError(sentence(f"{kind_of(owner)} cannot be written to."))

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Name):
                raise RefusedError("`del` takes names only here.")
            if target.id not in self.names:
                raise RefusedError(f"The name {target.id} is not defined.")
            del self.names[target.id]

    # ---- control ----

    def _if(self, node: ast.If) -> None:
        self.run(node.body if self.truth(node.test) else node.orelse)

    def _for(self, node: ast.For) -> None:
        for value in items(self.evaluate(node.iter)):
            self.bind(node.target, value)
            try:
                self.run(node.body)
            except LoopEndedError as end:
                if end.kind is ast.Break:
                    return
        self.run(node.orelse)

    def _leave(self, node: ast.stmt) -> None:
        raise LoopEndedError(type(node))

    def _with(self, node: ast.With) -> None:
        if len(node.items) != 1 or node.items[0].optional_vars is not None:
            raise RefusedError("`with` takes one grad mode and no name here.", "write with torch.no_grad():")
        expression = node.items[0].context_expr
        called = isinstance(expression, ast.Call)
        function = self.evaluate(expression.func if isinstance(expression, ast.Call) else expression)
        if not isinstance(function, GradMode) or not called:
            raise RefusedError(
                "`with` takes a grad mode only here.",
                "write with torch.no_grad(): (or enable_grad, inference_mode, set_grad_enabled)",
            )
        with self.evaluate(expression):
            self.run(node.body)

    def _assert(self, node: ast.Assert) -> None:
        if not self.truth(node.test):
            said = text(self.evaluate(node.msg)) if node.msg is not None else "it does not hold"
            raise RefusedError(f"AssertionError: {said}")

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.names.update(imported(node))

    def _pass(self, node: ast.stmt) -> None:
        """Nothing to do."""

    STATEMENTS: ClassVar[dict[type[ast.stmt], Callable[..., None]]] = {
        ast.Expr: _expression, ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented,
        ast.Delete: _delete, ast.If: _if, ast.For: _for, ast.Break: _leave, ast.Continue: _leave,
        ast.With: _with, ast.Assert: _assert, ast.Import: _import, ast.ImportFrom: _import, ast.Pass: _pass,
    }  # fmt: skip


def _head(node: ast.stmt) -> ast.AST:
    """Where to point for a whole statement: its first line, for one with lines below it."""
    if not hasattr(node, "body"):
        return node
    return ast.Pass(
        lineno=node.lineno, col_offset=node.col_offset, end_lineno=node.lineno,
        end_col_offset=node.col_offset + 5,
    )  # fmt: skip
