"""What a person did to a run by hand, which a script made from the experiment alone would not do."""

from typing import Any, Literal, NamedTuple


class Deed(NamedTuple):
    """`step` is the number of finished updates when it was done, so it shows from update `step + 1` on.

    `set_lr`: `value` is the new learning rate. `restore`: `value` is the step whose weights came back.
    `phases`: the five phases of a step were run in another order.
    """

    step: int
    do: Literal["set_lr", "restore", "phases"]
    value: float | None = None

    @classmethod
    def read(cls, fields: list[Any]) -> "Deed":
        """From what came through a worker's pipe."""
        return cls(*fields)
