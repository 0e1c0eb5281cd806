"""What a person did during a run, as a script can say it: replayed where it can be, else named."""

from collections.abc import Iterable
from dataclasses import dataclass

from playground.training.log import Deed


@dataclass(frozen=True)
class ByHand:
    """Learning rates by the number of updates after which they hold, all that was done in words, and the
    number of updates up to which a script that sets those rates equals the run (None: to the end)."""

    learning_rates: tuple[tuple[int, float], ...] = ()
    notes: tuple[str, ...] = ()
    equal_until: int | None = None


NOTHING = ByHand()


def by_hand(log: Iterable[Deed]) -> ByHand:
    """What a script can make of a run's log."""
    rates: dict[int, float] = {}
    notes = []
    equal_until: int | None = None
    for deed in log:
        if deed.do == "set_lr" and deed.value is not None:
            replayed = equal_until is None
            if replayed:
                rates[deed.step] = deed.value
            how = "as in this script" if replayed else "which this script does not do"
            notes.append(f"After step {deed.step} the learning rate was set to {deed.value:g}, {how}.")
            continue
        if deed.do == "restore":
            notes.append(f"After step {deed.step} the weights of step {deed.value:g} were restored.")
        else:
            notes.append(f"After step {deed.step} the phases of a step were run in another order.")
        if equal_until is None:
            equal_until = deed.step
    return ByHand(tuple(rates.items()), tuple(notes), equal_until)
