"""A program run once: its names, what it printed, its calls, and what went wrong."""

import ast
import warnings
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import engine
from engine import nn
from playground.protocol.tensors import CodeProblem, Printed
from playground.workbench.advice import way_out
from playground.workbench.broadcasting import silent_square
from playground.workbench.clock import stopping_after
from playground.workbench.growth import bound, bound_module, check_nesting
from playground.workbench.kinds import KEEP, stretches
from playground.workbench.language.budget import Budget
from playground.workbench.language.functions import Function, ModuleClass
from playground.workbench.language.refusal import RefusedError, StoppedError
from playground.workbench.language.source import Source
from playground.workbench.language.statements import Interpreter, LoopEndedError
from playground.workbench.storage import overlap
from playground.workbench.tape.record import Tapes
from playground.workbench.trace import Recorded, Trace

MOST_PROBLEMS = 50
BACKWARD = {".backward": 1, "torch.autograd.backward": 1, "torch.autograd.grad": 2}
"""What walks the tape, and the place of the gradient it starts from."""

COPYING = KEEP | {"reshape", "flatten"}


@dataclass(frozen=True)
class Bounds:
    """What one program may use."""

    max_tensor_elements: int
    max_elements: int
    max_parameters: int
    seconds: float


class Program(Interpreter):
    """Runs code from its first line, with the random numbers of seed 0 until it seeds."""

    def __init__(self, code: str, bounds: Bounds, wanted: int | None = None) -> None:
        super().__init__(Budget(bounds.max_tensor_elements, bounds.max_elements, bounds.seconds))
        self.source = Source(code)
        self.bounds = bounds
        self.trace = Trace(wanted)
        self.tapes = Tapes(self)
        self.problems: list[CodeProblem] = []
        self.copies: dict[int, tuple[weakref.ref[engine.Tensor], str]] = {}
        self._by_identity: dict[int, str] = {}
        self._parts: dict[int, tuple[str, nn.Parameter | nn.Module]] = {}

    def start(self) -> "Program":
        """Run as far as it goes; what stopped it is among the problems. Returns the program itself."""
        engine.manual_seed(0)
        engine.set_default_dtype(engine.float32)
        body, problem = self.source.parse()
        with warnings.catch_warnings(), engine.enable_grad():
            warnings.simplefilter("always")
            warnings.showwarning = self._warn
            try:
                with stopping_after(self.bounds.seconds):
                    self.run(body)
            except StoppedError as stopped:
                problem = self.source.problem(stopped.node, str(stopped), stopped.fix)
            except LoopEndedError as ended:
                problem = self.source.problem(self.here, f"`{ended}` stands in no loop.")
            except RefusedError as refused:  # the alarm between two statements
                problem = self.source.problem(self.here, str(refused), refused.fix)
            except RecursionError:
                problem = self.source.problem(self.here, "This is nested too deeply.")
        if problem is not None:
            self.problems.append(problem)
        return self

    def output(self) -> list[Printed]:
        """What was printed, and by which line."""
        return [Printed(line=line, text=text) for line, text in self.printed]

    # ---- calls ----

    def invoke(
        self, function: Function, args: tuple[Any, ...], options: dict[str, Any], node: ast.AST
    ) -> Any:
        self.budget.check_time()
        if type(function.owner) is nn.Sequential and function.bound and len(args) == 1 and not options:
            return self._layer_by_layer(function.owner, args[0], node)
        given = (
            (function.owner, *args) if function.bound and isinstance(function.owner, engine.Tensor) else args
        )
        if function.quiet:
            self._bound(function, given, options)
            return self._run(function, args, options)
        named = self._inputs(function, given, options, node)
        tensors = [tensor for _, tensor in named]
        call = self.trace.begin(
            function, given, options, named, self.source.place(node),
            function.title or self.source.text(node),
        )  # fmt: skip
        try:
            self._bound(function, given, options)
            self._warn_of_square(function.op, tensors, node)
            versions = [tensor._counter[0] for tensor in tensors]
            if function.name in BACKWARD:
                self.tapes.before(given, options, node, BACKWARD[function.name])
            result = self._run(function, args, options)
        except Exception as error:
            call.error = str(error)[:500]
            if way := way_out(function.op, [(name, tuple(tensor.shape)) for name, tensor in named]):
                error.add_note(way)
            raise
        outputs = list(tensors_in(given[:1] if function.op == "setitem" else result, 1))
        self.trace.end(call, tensors, outputs)
        self._note_writes(call, tensors, versions)
        self._note_copy(call, outputs)
        return result

    def _run(self, function: Function, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if function.bound and not isinstance(function.owner, nn.Module):
            return function.call(function.owner, *args, **options)
        return function.call(*args, **options)

    def _layer_by_layer(self, model: nn.Sequential, value: Any, node: ast.AST) -> Any:
        """What a sequence of modules makes of a value: each of them is a call of its own."""
        name = self.name_of(model) or "Sequential"
        for place, layer in enumerate(model):
            self._parts[id(layer)] = (f"{name}.{place}", layer)
            kind = type(layer).__name__
            call = Function(kind, layer, kind, layer, bound=True, title=f"{name}.{place} · {kind}")
            value = self.invoke(call, (value,), {}, node)
        return value

    def _bound(self, function: Function, given: Sequence[Any], options: dict[str, Any]) -> None:
        tensors = list(tensors_in((given, tuple(options.values()))))
        if isinstance(function.owner, nn.Module) and function.bound:
            bound_module(function.owner, tensors, self.budget)
        else:
            bound(function.op, tensors, given, options, self.budget)

    def construct(self, made: ModuleClass, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if issubclass(made.cls, engine.Tensor):
            if all(isinstance(each, int) for each in args):  # a shape, not data
                bound("zeros", [], args, options, self.budget)
            return made.cls(*args, **options)
        if issubclass(made.cls, nn.Module):
            self._count_parameters(made, args, options)
        held = [tensor._array for tensor in tensors_in((args, tuple(options.values())))]
        built = made.cls(*args, **options)
        if isinstance(built, nn.Module):
            check_nesting(built)
        del held  # an optimizer leaves memory that somebody holds where it is: cards show PyTorch's storages
        return built

    def _count_parameters(self, made: ModuleClass, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        layers = [n for key, n in options.items() if key.startswith("num_") and isinstance(n, int)]
        if any(n > 10**6 for n in layers) or any(
            n > 64 for key, n in options.items() if key.endswith("layers") and isinstance(n, int)
        ):
            raise RefusedError(f"{made.name} is asked for too many layers here.")
        with nn.meta():
            plan = made.cls(*args, **options)
        count = sum(parameter.numel() for parameter in plan.parameters())
        if count > self.bounds.max_parameters:
            raise RefusedError(
                f"{made.name} has {count:,} parameters; here it may have {self.bounds.max_parameters:,}.",
                "make it smaller",
            )
        self.budget.make(count)

    # ---- what is noted ----

    def bind(self, target: ast.expr, value: Any) -> None:
        super().bind(target, value)
        if not isinstance(target, ast.Name):
            return
        if isinstance(value, engine.Tensor):
            self._by_identity[id(value)] = target.id
            self.trace.named(value, target.id)
        elif isinstance(value, nn.Module):
            self._by_identity[id(value)] = target.id
            for name, parameter in value.named_parameters():
                self._parts[id(parameter)] = (f"{target.id}.{name}", parameter)

    def _inputs(
        self, function: Function, given: Sequence[Any], options: dict[str, Any], node: ast.AST
    ) -> list[tuple[str | None, engine.Tensor]]:
        found = [(self.name_of(t), t) for t in tensors_in((given, tuple(options.values())))]
        module = function.owner
        if isinstance(module, nn.Module):
            prefix = self.name_of(module) or type(module).__name__
            found += [(f"{prefix}.{name}", p) for name, p in module._parameters.items() if p is not None]
        return found

    def name_of(self, value: Any) -> str | None:
        """A name that a value has now; of a parameter or a layer, its module's and its own."""
        name = self._by_identity.get(id(value))
        if name is not None and self.names.get(name) is value:
            return name
        part = self._parts.get(id(value))
        return part[0] if part is not None else None

    def all_tensors(self) -> Iterator[tuple[str, engine.Tensor]]:
        """All tensors that have a name, and the parameters of named modules."""
        for name, value in self.names.items():
            if isinstance(value, engine.Tensor):
                yield name, value
            elif isinstance(value, nn.Module):
                for inner, parameter in value.named_parameters():
                    yield f"{name}.{inner}", parameter

    def named_tensors(self) -> Iterator[tuple[str, engine.Tensor]]:
        """All tensors that have a name."""
        for name, value in self.names.items():
            if isinstance(value, engine.Tensor):
                yield name, value

    def _note_writes(self, call: Recorded, tensors: list[engine.Tensor], versions: list[int]) -> None:
        changed = [t._array for t, version in zip(tensors, versions, strict=True) if t._counter[0] != version]
        if not changed:
            return
        call.wrote = [name for name, t in self.named_tensors() if any(overlap(t._array, a) for a in changed)]

    def _note_copy(self, call: Recorded, outputs: list[engine.Tensor]) -> None:
        made = outputs[0] if outputs else None
        if made is None or not call.inputs or call.function.op not in COPYING:
            return
        source = call.inputs[0]
        if source.storage != call.outputs[0].storage:
            name = source.name or self._name_of_memory(source.storage)
            if name is not None:
                self.copies[id(made)] = (weakref.ref(made), name)

    def _name_of_memory(self, storage: int) -> str | None:
        """The first name that sees this memory: what a view without a name is a view of."""
        numbered = ((name, self.trace.storages.number(t._array)) for name, t in self.named_tensors())
        return next((name for name, number in numbered if number == storage), None)

    def _warn_of_square(self, op: str, tensors: list[engine.Tensor], node: ast.AST) -> None:
        if len(tensors) == 2 and stretches(op):
            message = silent_square([tuple(tensor.shape) for tensor in tensors])
            if message is not None:
                fix = "bring both to one shape: y.unsqueeze(1) or x.squeeze(1)"
                self._note(self.source.problem(node, message, fix, warning=True))

    def _warn(self, message: Any, category: type[Warning], *_: Any, **__: Any) -> None:
        if issubclass(category, UserWarning):
            self._note(self.source.problem(self.here, str(message)[:1000], warning=True))

    def _note(self, problem: CodeProblem) -> None:
        if len(self.problems) < MOST_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)


def tensors_in(value: Any, depth: int = 4) -> Iterator[engine.Tensor]:
    """The tensors among arguments, those in lists and tuples too."""
    if isinstance(value, engine.Tensor):
        yield value
    elif isinstance(value, list | tuple) and depth:
        for each in value:
            yield from tensors_in(each, depth - 1)
    elif isinstance(value, slice) and depth:
        yield from tensors_in((value.start, value.stop, value.step), depth - 1)
