"""Expressions: one method per kind of node. What has no method is refused."""

import ast
from collections.abc import Callable
from typing import Any, ClassVar

import engine
from playground.workbench.language import operators
from playground.workbench.language.budget import MAX_DEPTH, MAX_ITEMS, Budget
from playground.workbench.language.builtins import BUILTINS
from playground.workbench.language.builtins import REFUSED as REFUSED_NAMES
from playground.workbench.language.formats import formatted
from playground.workbench.language.functions import Function, GradMode, ModuleClass, Namespace
from playground.workbench.language.reasons import EXPRESSIONS
from playground.workbench.language.refusal import RefusedError, StoppedError, explained
from playground.workbench.language.values import bounded_int, items, kind_of, measure, sentence, short
from playground.workbench.methods import VIEWS, attribute
from playground.workbench.names import MODULES

Run = Callable[..., Any]


class Evaluator:
    """Gives each expression its value. Calls go through `invoke`, which bounds and records them.

    `lines` says where each name got its value.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.names: dict[str, Any] = {}
        self.lines: dict[str, int] = {}
        self.depth = 0
        self.here: ast.AST = ast.Pass(lineno=1, col_offset=0)

    def invoke(
        self, function: Function, args: tuple[Any, ...], options: dict[str, Any], node: ast.AST
    ) -> Any:
        """Call a function of the whitelist."""
        raise NotImplementedError

    def construct(self, made: ModuleClass, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Make a module or an optimizer."""
        raise NotImplementedError

    def evaluate(self, node: ast.expr) -> Any:
        """The value of an expression. Raises StoppedError at the innermost node that has none."""
        method = self.KINDS.get(type(node))
        self.depth += 1
        try:
            self.budget.step()
            self.here = node
            if method is None:
                raise RefusedError(*EXPRESSIONS.get(type(node), ("This is not known here.", None)))
            if self.depth > MAX_DEPTH:
                raise RecursionError
            return method(self, node)
        except StoppedError:
            raise
        except Exception as error:  # the engine's own, in its own words
            raise StoppedError(node, *explained(error)) from error
        finally:
            self.depth -= 1

    # ---- names and literals ----

    def _constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, bool | int | float | None.__class__ | type(...)):
            return bounded_int(value) if isinstance(value, int) else value
        if isinstance(value, str):
            if not value.isascii() and any("\ud800" <= each <= "\udfff" for each in value):
                raise RefusedError("This text holds half a character, which nothing can show.")
            return short(value)
        raise RefusedError(f"{type(value).__name__} literals are not known here.")

    def _name(self, node: ast.Name) -> Any:
        name = node.id
        for known in (self.names, BUILTINS, {"print": self.printing}):
            if name in known:
                return known[name]
        if name in REFUSED_NAMES:
            raise RefusedError(f"{name} is refused: {REFUSED_NAMES[name]}.")
        if "__" in name:
            raise RefusedError("Names with two underscores are refused.", "choose another name")
        if name in MODULES:
            return MODULES[name]
        close = [known for known in self.names if known.lower() == name.lower()]
        raise RefusedError(
            f"The name {name[:80]} is not defined.",
            f"did you mean {close[0]}?" if close else "give it a value first",
        )

    printing: Function

    def _attribute(self, node: ast.Attribute) -> Any:
        owner = self.evaluate(node.value)
        if isinstance(owner, engine.Tensor) and node.attr in VIEWS:
            view = Function(f".{node.attr}", VIEWS[node.attr], node.attr, owner, bound=True)
            return self.invoke(view, (), {}, node)
        return attribute(owner, node.attr)

    # ---- collections ----

    def _list(self, node: ast.List) -> list[Any]:
        found = self._several(node.elts)
        measure(found)
        return found

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        found = tuple(self._several(node.elts))
        measure(found)
        return found

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        found = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise RefusedError("`**` in a dict is not known here.")
            found[plain_key(self.evaluate(key))] = self.evaluate(value)
        measure(found)
        return found

    def _several(self, nodes: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += items(self.evaluate(node.value))
            else:
                found.append(self.evaluate(node))
        return found

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        if len(node.generators) > 2:
            raise RefusedError("A list comprehension here has at most two `for`.")
        names, lines = dict(self.names), dict(self.lines)
        found: list[Any] = []
        try:
            self._collect(node, 0, found)
        finally:
            self.names, self.lines = names, lines
        measure(found)
        return found

    def _collect(self, node: ast.ListComp | ast.GeneratorExp, at: int, found: list[Any]) -> None:
        if at == len(node.generators):
            found.append(self.evaluate(node.elt))
            if len(found) > MAX_ITEMS:
                raise RefusedError(f"A list here may have {MAX_ITEMS:,} entries.")
            return
        generator = node.generators[at]
        for value in items(self.evaluate(generator.iter)):
            self.bind(generator.target, value)
            if all(self.truth(condition) for condition in generator.ifs):
                self._collect(node, at + 1, found)

    def bind(self, target: ast.expr, value: Any) -> None:
        """Give a loop's names their values."""
        raise NotImplementedError

    # ---- operators ----

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        return self.combine(type(node.op), left, right, node)

    def combine(
        self, kind: type[ast.operator], left: Any, right: Any, node: ast.AST, inplace: bool = False
    ) -> Any:
        """`left + right` and its like; `inplace` for `left += right`."""
        sign, op, compute, write = operators.BINARY[kind]
        if not operators.is_tensor(left, right):
            return operators.plain_binary(kind, left, right)
        writes = inplace and isinstance(left, engine.Tensor)
        name = f"{sign}=" if writes else sign
        call = write if writes else compute
        return self.invoke(Function(name, call, f"{op}_" if writes else op), (left, right), {}, node)

    def _unary(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return not self.truth(node.operand)
        value = self.evaluate(node.operand)
        sign, op, compute = operators.UNARY[type(node.op)]
        if isinstance(value, engine.Tensor):
            return self.invoke(Function(sign, compute, op), (value,), {}, node)
        if isinstance(value, bool | int | float):
            return bounded_int(compute(value))
        raise RefusedError(f"{sign} of {kind_of(value)} is not defined.")

    def _logical(self, node: ast.BoolOp) -> Any:
        stops_at = isinstance(node.op, ast.Or)
        value: Any = None
        for each in node.values:
            value = self.evaluate(each)
            if bool(value) is stops_at:
                break
        return value

    def _compare(self, node: ast.Compare) -> Any:
        left = self.evaluate(node.left)
        result: Any = True
        for kind, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(right_node)
            result = self._compare_one(kind, left, right, node)
            if len(node.ops) > 1 and not bool(result):
                return result
            left = right
        return result

    def _compare_one(self, kind: ast.cmpop, left: Any, right: Any, node: ast.AST) -> Any:
        if isinstance(kind, ast.Is | ast.IsNot):
            return (left is right) is isinstance(kind, ast.Is)
        if isinstance(kind, ast.In | ast.NotIn):
            return operators.contains(right, left) is isinstance(kind, ast.In)
        sign, op, compute = operators.COMPARE[type(kind)]
        if operators.is_tensor(left, right):
            return self.invoke(Function(sign, compute, op), (left, right), {}, node)
        return operators.plain_compare(type(kind), left, right)

    def truth(self, node: ast.expr) -> bool:
        """Whether a condition holds."""
        return bool(self.evaluate(node))

    def _choice(self, node: ast.IfExp) -> Any:
        return self.evaluate(node.body if self.truth(node.test) else node.orelse)

    # ---- subscripts ----

    def _subscript(self, node: ast.Subscript) -> Any:
        return self.item(self.evaluate(node.value), self.evaluate(node.slice), node)

    def item(self, owner: Any, key: Any, node: ast.AST) -> Any:
        """`owner[key]`."""
        if isinstance(owner, engine.Tensor):
            return self.invoke(Function("[]", engine.Tensor.__getitem__, "getitem"), (owner, key), {}, node)
        if isinstance(owner, dict):
            return owner[plain_key(key)]
        if isinstance(owner, list | tuple | str | range):
            return owner[key.__index__() if isinstance(key, engine.Tensor) else key]
        if isinstance(owner, engine.nn.Sequential | engine.nn.ModuleList | engine.nn.ParameterList):
            return owner[key]
        raise RefusedError(sentence(f"{kind_of(owner)} cannot be indexed."))

    def _slice(self, node: ast.Slice) -> slice:
        bounds = [
            None if each is None else self.evaluate(each) for each in (node.lower, node.upper, node.step)
        ]
        return slice(*(b.__index__() if isinstance(b, engine.Tensor) else b for b in bounds))

    # ---- calls and strings ----

    def _call(self, node: ast.Call) -> Any:
        function = self.evaluate(node.func)
        args = tuple(self._several(node.args))
        options: dict[str, Any] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise RefusedError("`**` in a call is not known here.", "write the arguments by name")
            options[keyword.arg] = self.evaluate(keyword.value)
        return self.call(function, args, options, node)

    def call(self, function: Any, args: tuple[Any, ...], options: dict[str, Any], node: ast.AST) -> Any:
        """Call what may be called."""
        self.here = node
        measure((args, options))
        for value in (*args, *options.values()):
            if (
                isinstance(value, Function | GradMode | Namespace)
                and getattr(function, "op", "") != "isinstance"
            ):
                raise RefusedError("A function cannot be an argument here.", "call it first")
        if isinstance(function, Function):
            return self.invoke(function, args, options, node)
        if isinstance(function, ModuleClass):
            return self.construct(function, args, options)
        if isinstance(function, GradMode):
            return function.make(*args, **options)
        if isinstance(function, engine.nn.Module):
            name = type(function).__name__
            return self.invoke(
                Function(name, function, name, owner=function, bound=True), args, options, node
            )
        raise RefusedError(sentence(f"{kind_of(function)} cannot be called."))

    def _joined(self, node: ast.JoinedStr) -> str:
        return short("".join(str(self.evaluate(part)) for part in node.values))

    def _formatted(self, node: ast.FormattedValue) -> str:
        spec = self.evaluate(node.format_spec) if node.format_spec is not None else ""
        return formatted(self.evaluate(node.value), node.conversion, spec)

    KINDS: ClassVar[dict[type[ast.expr], Run]] = {
        ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.List: _list,
        ast.Tuple: _tuple, ast.Dict: _dict, ast.ListComp: _comprehension, ast.GeneratorExp: _comprehension,
        ast.BinOp: _binary, ast.UnaryOp: _unary, ast.BoolOp: _logical, ast.Compare: _compare,
        ast.IfExp: _choice, ast.Subscript: _subscript, ast.Slice: _slice, ast.Call: _call,
        ast.JoinedStr: _joined, ast.FormattedValue: _formatted,
    }  # fmt: skip


def plain_key(key: Any) -> Any:
    """A key of a dict: a number or a string."""
    if isinstance(key, bool | int | float | str):
        return key
    raise RefusedError("A key here is a number or a string.")
