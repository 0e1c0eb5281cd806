"""What a person did to a run by hand, which a script made from the experiment alone would not do."""

from typing import Any, Literal, NamedTuple


class Deed(NamedTuple):
    """`step` is the number of finished updates when it was done, so it shows from update `step + 1` on.

    `set_lr`: `value` is the new learning rate. `restore`: `value` is the step whose weights came back.
    `phases`: the five phases of a step were run in another order. `edit`: `element` of the parameter `what`
    became `value`. `mute`, `unmute`: unit `element[0]` of the layer at place `what` of the model.
    """

    step: int
    do: Literal["set_lr", "restore", "phases", "edit", "mute", "unmute"]
    value: float | None = None
    what: str = ""
    element: tuple[int, ...] = ()

    @classmethod
    def read(cls, fields: list[Any]) -> "Deed":
        """From what came through a worker's pipe."""
        step, do, value, what, element = fields
        return cls(step, do, value, what, tuple(element))
