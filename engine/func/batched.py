"""A function of one sample made one of a batch: called for each sample, its results stacked.

PyTorch gives the whole batch to each operation instead; the numbers are the same, and here the function may
also decide by a sample's values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from engine.func.nest import leaves, like
from engine.ops.join import stack
from engine.random import default_generator
from engine.tensor import Tensor


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """A function that maps ``func`` over a dimension of its inputs, and stacks what it gives.

    Args:
        in_dims: for each input the dimension that is mapped over, None for an input that every call gets
            whole; one number for all, or nested as the inputs are.
        out_dims: where the mapped dimension goes in each output.
        randomness: ``"different"`` draws anew for every sample, ``"same"`` draws alike, ``"error"`` refuses.
        chunk_size: changes nothing: samples are taken one by one.

    Raises:
        ValueError: for dimensions that do not fit the inputs or have different sizes.
        RuntimeError: for random numbers drawn where ``randomness="error"``.
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(
            f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}"
        )

    @wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        called = f"vmap({getattr(func, '__name__', repr(func))}, in_dims={in_dims}, ...)(<inputs>)"
        places = _places(called, in_dims, args)
        count = _size(places)
        results = []
        for number, _ in enumerate(_draws(randomness, count)):
            parts = [x if dim is None else x.select(dim, number) for x, dim in places]
            results.append(func(*_filled(args, parts), **kwargs))
        return _joined(results, out_dims)

    return mapped


def _filled(nest: Any, parts: list[Any]) -> Any:
    """A nest with its leaves, tensors or not, taken from a list."""
    if isinstance(nest, dict):
        return type(nest)((key, _filled(part, parts)) for key, part in nest.items())
    if isinstance(nest, (tuple, list)):
        made = [_filled(part, parts) for part in nest]
        return type(nest)(*made) if hasattr(nest, "_fields") else type(nest)(made)
    return parts.pop(0)


def _places(called: str, in_dims: Any, args: tuple[Any, ...]) -> list[tuple[Any, int | None]]:
    """Every leaf of the inputs with the dimension of it that is mapped over."""
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{called}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure "
            f"of inputs, got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"{called.replace(f', in_dims={in_dims}, ...', '')}: got no inputs. Maybe you forgot to add "
            "inputs, or you are trying to vmap over a function with no inputs. The latter is unsupported."
        )
    return [(leaf, _checked(called, dim, leaf)) for leaf, dim in _paired(called, in_dims, args)]


def _paired(called: str, dims: Any, nest: Any) -> Iterator[tuple[Any, Any]]:
    inner = nest if isinstance(nest, (dict, tuple, list)) else None
    if inner is None:
        yield nest, dims
        return
    keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
    each = isinstance(dims, (dict, tuple, list))
    if each and len(dims) != len(keys):
        raise ValueError(
            f"{called}: in_dims is not compatible with the structure of `inputs`: {len(dims)} dimensions "
            f"were given for {len(keys)} inputs."
        )
    for key in keys:
        yield from _paired(called, dims[key] if each else dims, inner[key])


def _checked(called: str, dim: Any, leaf: Any) -> int | None:
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise ValueError(
            f"{called}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
        )
    if not isinstance(leaf, Tensor):
        raise ValueError(
            f"{called}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap "
            "over non-Tensor arguments, please use None as the respective in_dim"
        )
    if not -leaf.ndim <= dim < leaf.ndim:
        raise ValueError(
            f"{called}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality "
            f"{leaf.ndim} so expected in_dim to satisfy -{leaf.ndim} <= in_dim < {leaf.ndim}."
        )
    return dim


def _size(places: list[tuple[Any, int | None]]) -> int:
    """How many samples there are."""
    sizes = [int(leaf.shape[dim]) for leaf, dim in places if dim is not None]
    if not sizes:
        raise ValueError("vmap: at least one input must have a dimension that is mapped over; all are None")
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    if sizes[0] == 0:
        raise ValueError("vmap: the mapped dimension has size 0: there is no sample to call it with")
    return sizes[0]


def _draws(randomness: str, count: int) -> Iterator[None]:
    """One turn for each sample, with the default generator as ``randomness`` wants it."""
    rng = default_generator.rng.bit_generator
    before = rng.state
    for _ in range(count):
        if randomness == "same":
            rng.state = before
        yield
        if randomness == "error" and rng.state != before:
            rng.state = before
            raise RuntimeError(
                "vmap: called random operation while in randomness error mode. Please either use the 'same' "
                "or 'different' randomness flags on vmap or perform the randomness operation out of vmap"
            )


def _joined(results: list[Any], out_dims: Any) -> Any:
    """The results of all samples in the nest of one, stacked."""
    first = results[0]
    found = leaves(first)
    if not found or _others(first):
        raise ValueError(f"vmap: the function must only return Tensors, got type {type(first)}.")
    if isinstance(out_dims, int) or out_dims is None:
        dims = [out_dims] * len(found)
    elif len(out_dims) == len(found):
        dims = list(out_dims)
    else:
        raise ValueError(
            f"vmap: out_dims is not compatible with the structure of `outputs`: {len(out_dims)} dimensions "
            f"were given for {len(found)} outputs."
        )
    columns = zip(*(leaves(result) for result in results), strict=True)
    return like(first, [
        column[0] if dim is None else stack(list(column), dim)
        for column, dim in zip(columns, dims, strict=True)
    ])


def _others(nest: Any) -> bool:
    """Whether a nest holds anything but tensors."""
    if isinstance(nest, (dict, tuple, list)):
        return any(_others(part) for part in (nest.values() if isinstance(nest, dict) else nest))
    return not isinstance(nest, Tensor)
