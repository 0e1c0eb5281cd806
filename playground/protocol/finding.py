"""What the NaN detective answers: the first number that was not finite, what made it, and ways out."""

from typing import Literal

from playground.experiment.fixes import Fix
from playground.protocol.answers import Number
from playground.protocol.replies import Reply
from playground.protocol.requests import Phase
from playground.protocol.tensors import Item


class FoundLayer(Reply):
    """A row of the stack."""

    id: str
    name: str


class Bins(Reply):
    """Counts in bins of equal width from `low` to `high`, of finite numbers."""

    low: float
    high: float
    counts: list[int]


class FoundTensor(Reply):
    """A tensor at the scene: an input of the culprit, or its result.

    `smallest` and `largest` are of its finite numbers, null where there are none; `not_finite` counts the
    others. `values` is a window of it as a table [rows][columns]: last dimension across, all others down.
    `row` and `column` are the place of its corner in that table, `marked` the place of the number that
    mattered, `at` the same as an index of the tensor.
    """

    name: str
    shape: list[int]
    dtype: str
    smallest: Number
    largest: Number
    not_finite: int
    values: list[list[Item]]
    row: int
    column: int
    marked: tuple[int, int]
    at: list[int]
    histogram: Bins | None


class ChainCall(Reply):
    """One call of the failing step. `largest` is the largest absolute number in its result, null where that
    is not finite. `times` says how often it came in a row; numbers are those of the largest of them."""

    phase: Phase
    layer: FoundLayer | None
    op: str
    largest: Number
    times: int


class ChainStep(Reply):
    """One step on the way there: its loss, the norm of all its gradients together, the largest weight after
    it; null where not finite."""

    step: int
    loss: Number
    gradient: Number
    weight: Number


class WayOut(Reply):
    """A fix with its reason; `tried` says what a trial of it from the last good state gave, empty without."""

    fix: Fix
    reason: str
    tried: str


class FindingReply(Reply):
    """The first number that was not finite.

    `step` is the number of the update (from 1) in which it came about, in `phase`; `layer` is null in the
    loss and for the batch. `op` is PyTorch's name of the call and `line` its code, `result` what of its
    results it was; `value` stands at `index`, `count` of `size` numbers there are not finite. `arithmetic`
    says in words how the number was made. `headline` is the finding in one sentence, `explanation` the rest:
    how it was noticed, what it means. `chain` are the calls of that step up to this one, `before` the steps
    that led to it. `last_good` is the step whose state can be gone back to.
    """

    step: int
    phase: Phase
    layer: FoundLayer | None
    op: str
    line: str
    result: str
    value: Literal["inf", "-inf", "nan"]
    index: list[int]
    count: int
    size: int
    arithmetic: str
    headline: str
    explanation: str
    inputs: list[FoundTensor]
    output: FoundTensor
    chain: list[ChainCall]
    before: list[ChainStep]
    last_good: int
    ways: list[WayOut]
