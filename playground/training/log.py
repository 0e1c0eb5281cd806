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


class Deeds:
    """What was done by hand in a run, in order: `all` of it, and how much of it is `done` at this moment.

    Where the run looks back, less is done than there was.
    """

    def __init__(self) -> None:
        self.all: list[Deed] = []
        self.done = 0

    def did(self, deed: Deed) -> None:
        """One more was done, after all others."""
        self.all.append(deed)
        self.done = len(self.all)

    def due(self, step: int) -> Deed | None:
        """What was done next, if that was after so many updates."""
        if self.done < len(self.all) and self.all[self.done].step <= step:
            return self.all[self.done]
        return None
