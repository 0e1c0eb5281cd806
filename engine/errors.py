"""The messages a user can see. PyTorch's types and searchable words, with the numbers in them."""

from __future__ import annotations

from collections.abc import Sequence


class ShapeError(RuntimeError):
    """Shapes that cannot work together; ``fix`` says in a few words what would mend it."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


def kind_of(value: object) -> str:
    """The name of a value's type, as PyTorch's errors give it."""
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def no_tensor(function: str, name: str, position: int, given: object) -> TypeError:
    """For an argument that has to be a tensor."""
    return TypeError(
        f"{function}(): argument '{name}' (position {position}) must be Tensor, not {kind_of(given)}"
    )


def broadcast(a: Sequence[int], b: Sequence[int]) -> RuntimeError:
    """Two shapes that do not broadcast: names the first dimension at fault, counted from the right."""
    width = max(len(a), len(b))
    left = (1,) * (width - len(a)) + tuple(a)
    right = (1,) * (width - len(b)) + tuple(b)
    for dim in range(width - 1, -1, -1):
        if left[dim] != right[dim] and 1 not in (left[dim], right[dim]):
            return RuntimeError(
                f"The size of tensor a ({left[dim]}) must match the size of tensor b ({right[dim]}) "
                f"at non-singleton dimension {dim}"
            )
    return RuntimeError(f"shapes {list(a)} and {list(b)} do not broadcast")


def dim_range(dim: int, ndim: int) -> IndexError:
    """A dimension that the tensor does not have."""
    last = max(ndim, 1)
    return IndexError(
        f"Dimension out of range (expected to be in range of [{-last}, {last - 1}], but got {dim})"
    )


def invalid_view(shape: Sequence[int], size: int) -> RuntimeError:
    """A shape whose product is not the number of elements."""
    return RuntimeError(f"shape '{list(shape)}' is invalid for input of size {size}")


def second_backward() -> RuntimeError:
    """The graph was walked once and its saved values are gone."""
    return RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors after they "
        "have already been freed). Saved intermediate values of the graph are freed when you call "
        ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
        "graph a second time or if you need to access saved tensors after calling backward."
    )


def modified(
    kind: str, shape: Sequence[int], maker: str, output_nr: int, now: int, then: int
) -> RuntimeError:
    """A saved tensor was overwritten before backward could use it; ``maker`` is the op that made it."""
    origin = f", which is output {output_nr} of {maker}," if maker else ""
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{kind} {list(shape)}]{origin} is at version {now}; expected version {then} instead. "
        "Hint: enable anomaly detection to find the operation that failed to compute its gradient, "
        "with torch.autograd.set_detect_anomaly(True, check_nan=False)."
    )


def view_of_no_grad() -> RuntimeError:
    """An in-place write, recorded, through a view that was made while nothing was recorded."""
    return RuntimeError(
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that "
        "this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving "
        "both the view and the inplace either both inside the no_grad block (if you don't want the inplace "
        "to be tracked) or both outside (if you want the inplace to be tracked)."
    )


def leaf_inplace(is_view: bool) -> RuntimeError:
    """An in-place write to a tensor whose gradient the user asked for."""
    what = "a view of a leaf Variable" if is_view else "a leaf Variable"
    return RuntimeError(f"{what} that requires grad is being used in an in-place operation.")


def saved_inference() -> RuntimeError:
    """A tensor made in inference mode that a rule would need."""
    return RuntimeError(
        "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode "
        "in computation tracked by autograd. To work around this, you can make a clone to get a normal "
        "tensor and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
    )


def outside_inference(what: str, way_out: str = "") -> RuntimeError:
    """Something done to a tensor made in inference mode that may be done only there."""
    return RuntimeError(f"{what} inference tensor outside InferenceMode is not allowed.{way_out}")
