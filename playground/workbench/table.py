"""Two tensors as a table of numbers, as the data of an experiment."""

from playground.workbench.errors import NotThereError
from playground.workbench.program import Program

MOST_ROWS = 100_000
MOST_COLUMNS = 1000


def csv(program: Program, x: str, y: str) -> str:
    """A CSV with the columns of `x`, named `x0` and so on, and the target `y`. Raises NotThereError."""
    tensors = dict(program.all_tensors())
    for name in (x, y):
        if name not in tensors:
            raise NotThereError(f"There is no tensor {name}.")
    features, target = tensors[x].detach(), tensors[y].detach()
    if features.ndim == 1:
        features = features.unsqueeze(1)
    if features.ndim != 2 or target.numel() != len(features) or target.ndim not in (1, 2):
        raise NotThereError(
            f"{x} has shape {list(tensors[x].shape)} and {y} {list(tensors[y].shape)}: "
            "x is needed as (N, features), y as (N,) or (N, 1)."
        )
    rows, columns = features.shape
    if not 0 < rows <= MOST_ROWS or not 0 < columns <= MOST_COLUMNS:
        raise NotThereError(f"{rows:,} rows of {columns:,} features are no table.")
    head = [*(f"x{at}" for at in range(columns)), "y"]
    lines = [
        ",".join(_cell(value) for value in (*row, own))
        for row, own in zip(features.tolist(), target.ravel().tolist(), strict=True)
    ]
    return "\n".join([",".join(head), *lines, ""])


def _cell(value: bool | int | float) -> str:
    return str(int(value)) if isinstance(value, bool) else repr(value)
