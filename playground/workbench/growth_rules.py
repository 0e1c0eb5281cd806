"""How many elements a call makes at most, by op; read from shapes and arguments alone."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import engine
from engine.op import REGISTRY
from playground.workbench.language.refusal import RefusedError

Shape = tuple[int, ...]
Rule = Callable[[list[Shape], "Given"], int]


class Given:
    """The arguments of a call, by name where the op's signature is known, and by place."""

    def __init__(self, op: str, args: Sequence[Any], options: Mapping[str, Any]) -> None:
        self.args = args
        self.named = dict(options)
        entry = REGISTRY.get(op)
        if entry is not None:
            self.named = {**dict(zip(entry.signature.params, args, strict=False)), **options}

    def ints(self, start: int, *names: str) -> list[int]:
        """The integers among the arguments from place `start` on, or under one of these names."""
        for name in names:
            if name in self.named:
                found = list(integers(self.named[name]))
                rest = [n for value in self.args[start + 1 :] for n in integers(value)]
                return found if isinstance(self.named[name], list | tuple) else found + rest
        return [n for value in self.args[start:] for n in integers(value)]

    def one(self, place: int, name: str, default: int = 1) -> int:
        """One integer."""
        value = self.named.get(name, self.args[place] if len(self.args) > place else default)
        return next(iter(integers(value)), default)


def integers(value: Any) -> list[int]:
    """The integers in a value: itself, those of a sequence, or those of a small integer tensor."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        return [value]
    if isinstance(value, float):
        return [math.ceil(value)] if math.isfinite(value) else []
    if isinstance(value, engine.Tensor):
        return [int(n) for n in value.detach().ravel().tolist()] if value.numel() <= 64 else []
    if isinstance(value, list | tuple):
        return [n for each in value for n in integers(each)]
    return []


def broadcast(shapes: Sequence[Shape]) -> int:
    """Elements of shapes stretched over each other."""
    width = max((len(shape) for shape in shapes), default=0)
    return math.prod(
        max(shape[-place] if place <= len(shape) else 1 for shape in shapes) for place in range(1, width + 1)
    )


def asked(shapes: list[Shape], given: Given) -> int:
    return math.prod(max(n, 0) for n in given.ints(0, "size", "shape"))


def _after(start: int) -> Rule:
    return lambda shapes, given: math.prod(max(n, 0) for n in given.ints(start, "size"))


def full(shapes: list[Shape], given: Given) -> int:
    return math.prod(
        max(n, 0) for n in integers(given.named.get("size", given.args[0] if given.args else ()))
    )


def drawn(shapes: list[Shape], given: Given) -> int:
    size = given.named.get("size", next((each for each in given.args if isinstance(each, list | tuple)), ()))
    return math.prod(max(n, 0) for n in integers(size))


def counted(shapes: list[Shape], given: Given) -> int:
    values = [number(value) for value in given.args[:3]]
    start, end, step = (0.0, *values, 1.0)[:3] if len(values) == 1 else (*values, 0.0, 0.0, 1.0)[:3]
    start, end = number(given.named.get("start", start)), number(given.named.get("end", end))
    step = number(given.named.get("step", step if len(values) != 2 else 1.0))
    if not step or not all(map(math.isfinite, (start, end, step))):
        return 0
    return max(math.ceil((end - start) / step), 0)


def number(value: Any) -> float:
    """A number, or the one in a tensor."""
    single = isinstance(value, engine.Tensor) and value.numel() == 1
    return float(value) if single or isinstance(value, bool | int | float) else 0.0


def sampled(shapes: list[Shape], given: Given) -> int:
    return math.prod(shapes[0][:2]) * math.prod(shapes[1][1:-1]) if len(shapes) > 1 else 0


def attended(shapes: list[Shape], given: Given) -> int:
    scores = math.prod(shapes[0][:-1]) * (shapes[1][-2] if len(shapes) > 1 and len(shapes[1]) > 1 else 1)
    return max(scores, sum(map(math.prod, shapes)))


def first_two(shapes: list[Shape], given: Given) -> int:
    rows = given.one(0, "n")
    return max(rows, 0) * max(given.one(1, "m", rows), 0)


def outer(shapes: list[Shape], given: Given) -> int:
    return math.prod(math.prod(shape) for shape in shapes[-2:])


def all_pairs(shapes: list[Shape], given: Given) -> int:
    return math.prod(math.prod(shape) for shape in shapes) * max(len(shapes), 1)


def stretched(shapes: list[Shape], given: Given) -> int:
    asked = given.ints(1, "size")
    kept = (1,) * (len(asked) - len(shapes[0])) + shapes[0]
    return math.prod(old if new == -1 else max(new, 0) for old, new in zip(kept, asked, strict=False))


def repeated(shapes: list[Shape], given: Given) -> int:
    return math.prod(shapes[0]) * math.prod(max(n, 1) for n in given.ints(1, "repeats", "dims"))


def interleaved(shapes: list[Shape], given: Given) -> int:
    return math.prod(shapes[0]) * max([1, *integers(given.named.get("repeats"))])


def on_diagonal(shapes: list[Shape], given: Given) -> int:
    size = math.prod(shapes[0])
    side = (
        (shapes[0][-1] if shapes[0] else 1)
        + abs(given.one(1, "offset", 0))
        + abs(given.one(1, "diagonal", 0))
    )
    return size * side if len(shapes[0]) > 1 else max(size, side) ** 2


def flat_diagonal(shapes: list[Shape], given: Given) -> int:
    return (math.prod(shapes[0]) + abs(given.one(1, "offset", 0))) ** 2


def between_rows(shapes: list[Shape], given: Given) -> int:
    return shapes[0][0] ** 2 if shapes[0] else 1


def distances(shapes: list[Shape], given: Given) -> int:
    a, b = shapes[0], shapes[-1]
    return math.prod(a[:-1]) * (b[-2] if len(b) > 1 else 1) * (a[-1] if a else 1)


def matrix_product(shapes: list[Shape], given: Given) -> int:
    """Elements of `a @ b` for the last two tensors."""
    if len(shapes) < 2:
        return math.prod(shapes[0]) if shapes else 0
    a, b = shapes[-2:]
    rows, columns = a[-2:-1], b[-1:] if len(b) > 1 else ()
    return math.prod(rows) * math.prod(columns) * broadcast([a[:-2] or (1,), b[:-2] or (1,)])


def contracted(shapes: list[Shape], given: Given) -> int:
    equation = given.args[0] if given.args and isinstance(given.args[0], str) else ""
    sizes: dict[str, int] = {}
    for letters, shape in zip(equation.partition("->")[0].split(","), shapes, strict=False):
        sizes.update(zip(letters.strip().replace("...", ""), shape, strict=False))
    result = equation.partition("->")[2].strip() or "".join(sizes)
    return math.prod(sizes.get(letter, 1) for letter in result) if equation else all_pairs(shapes, given)


def tensordot(shapes: list[Shape], given: Given) -> int:
    dims = given.named.get("dims", 2)
    used = dims if isinstance(dims, int) else len(dims[0]) if isinstance(dims, list | tuple) and dims else 1
    kept = (math.prod(sorted(shape, reverse=True)[: len(shape) - used]) for shape in shapes)
    return math.prod(kept)


def windows(shapes: list[Shape], given: Given) -> int:
    return math.prod(shapes[0]) * max(given.one(2, "size"), 1)


def columns(shapes: list[Shape], given: Given) -> int:
    kernel = integers(given.named.get("kernel_size", given.args[1] if len(given.args) > 1 else 1))
    padded = _padded_by(shapes[0], 2, max([0, *integers(given.named.get("padding", at(given, 3, 0)))]))
    return padded * math.prod(max(n, 1) for n in (kernel * 2 if len(kernel) == 1 else kernel))


def at(given: Given, place: int, default: Any) -> Any:
    return given.args[place] if len(given.args) > place else default


def _padded_by(shape: Shape, spatial: int, padding: int) -> int:
    return math.prod(shape[:-spatial]) * math.prod(n + 2 * padding for n in shape[-spatial:])


def padded(shapes: list[Shape], given: Given) -> int:
    pads = integers(given.named.get("pad", at(given, 1, ())))
    sizes = list(shapes[0])
    for i in range(min(len(pads) // 2, len(sizes))):
        sizes[-1 - i] += max(pads[2 * i], 0) + max(pads[2 * i + 1], 0)
    return math.prod(sizes)


def classes(shapes: list[Shape], given: Given) -> int:
    labels = given.args[0] if given.args else given.named.get("tensor", given.named.get("input"))
    count = given.one(1, "num_classes", -1)
    if count < 0 and isinstance(labels, engine.Tensor) and labels.numel():
        count = int(labels.max().item()) + 1
    return math.prod(shapes[0]) * max(count, 1) if shapes else 0


def bins(shapes: list[Shape], given: Given) -> int:
    values = given.args[0]
    most = int(values.max().item()) + 1 if values.numel() else 0
    return max(most, given.one(2, "minlength", 0))


def scaled(shapes: list[Shape], given: Given) -> int:
    size = given.named.get("size", at(given, 1, None))
    spatial = max(len(shapes[0]) - 2, 1)
    if size is not None:
        sizes = integers(size)
        return math.prod(shapes[0][:2]) * math.prod(sizes * spatial if len(sizes) == 1 else sizes)
    factor = given.named.get("scale_factor", at(given, 2, 1))
    factors = [float(f) for f in (factor if isinstance(factor, list | tuple) else [factor] * spatial)]
    return math.ceil(math.prod(shapes[0]) * math.prod(max(f, 1.0) for f in factors))


def adapted(spatial: int) -> Rule:
    def rule(shapes: list[Shape], given: Given) -> int:
        sizes = integers(given.named.get("output_size", at(given, 1, 1)))
        return math.prod(shapes[0]) + math.prod(shapes[0][:-spatial]) * math.prod(
            sizes * spatial if len(sizes) == 1 else sizes
        )

    return rule


def convolved(spatial: int, transposed: bool = False) -> Rule:
    """Elements of the result, and of the windows the engine lays out for it."""

    def rule(shapes: list[Shape], given: Given) -> int:
        if len(shapes) < 2 or len(shapes[0]) < spatial or len(shapes[1]) < spatial + 2:
            return 0
        input, weight = shapes[:2]
        padding = max([0, *integers(given.named.get("padding", at(given, 4, 0)))])
        stride = max([1, *integers(given.named.get("stride", at(given, 3, 1)))]) if transposed else 1
        kernel = math.prod(weight[-spatial:])
        sizes = [
            n * stride + 2 * padding + k for n, k in zip(input[-spatial:], weight[-spatial:], strict=True)
        ]
        batch = input[0] if len(input) == spatial + 2 else 1
        channels = weight[1 if transposed else 0]
        positions = batch * math.prod(sizes)
        if positions * channels * weight[0 if transposed else 1] * kernel > 30 * 10**9:
            raise RefusedError("This convolution takes too many multiplications.", "use smaller shapes")
        return max(positions * channels, positions * weight[1] // 4)

    return rule


def picked(shapes: list[Shape], given: Given) -> int:
    """Elements of `input[key]`: what arrays of positions gather, times what they leave whole."""
    parts = given.args[1] if isinstance(given.args[1], tuple) else (given.args[1],)
    arrays: list[Shape] = []
    whole, dim = list(shapes[0]), 0
    for part in parts:
        if isinstance(part, engine.Tensor | list | range):
            mask = isinstance(part, engine.Tensor) and str(part.dtype) in ("torch.bool", "torch.uint8")
            shape = tuple(part.shape) if isinstance(part, engine.Tensor) else (len(part),)
            width = len(shape) if mask else 1
            whole[dim : dim + width] = [1] * width
            arrays.append((math.prod(shape),) if mask else shape)
            dim += width
        elif part is Ellipsis:
            dim = len(shapes[0]) - sum(1 for each in parts if each is not None and each is not Ellipsis)
        elif part is not None:
            dim += 1
    return math.prod(whole) * (broadcast(arrays) if arrays else 1)


def selected(shapes: list[Shape], given: Given) -> int:
    if len(shapes) < 2 or not shapes[0]:
        return 0
    dim = given.one(1, "dim", 0)
    size = shapes[0][dim] if -len(shapes[0]) <= dim < len(shapes[0]) else 1
    return math.prod(shapes[0]) // max(size, 1) * math.prod(shapes[1])


def nothing(shapes: list[Shape], given: Given) -> int:
    return 0
