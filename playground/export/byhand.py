"""What a person did during a run, as a script can say it: replayed where it can be, else named."""

from collections.abc import Sequence
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


def by_hand(log: Sequence[Deed]) -> ByHand:
    """What a script can make of a run's log."""
    apart = [deed for deed in log if deed.do != "set_lr"]
    until = log.index(apart[0]) if apart else len(log)
    replayed = {deed.step: deed.value for deed in log[:until] if deed.value is not None}
    notes = [
        _note("The learning rate was set by hand", log[:until], "The script sets it at the same steps."),
        _note("Phases of a step were run in another order", [d for d in apart if d.do == "phases"]),
        _note("Earlier weights were restored", [d for d in apart if d.do == "restore"]),
        _note("The learning rate was set later still", [d for d in log[until:] if d.do == "set_lr"]),
    ]
    return ByHand(
        learning_rates=tuple(replayed.items()),
        notes=tuple(filter(None, notes)),
        equal_until=apart[0].step if apart else None,
    )


def _note(what: str, deeds: Sequence[Deed], then: str = "The script does not.") -> str:
    """One sentence for all deeds of a kind, however many; empty where there are none."""
    if not deeds:
        return ""
    times = f" and {len(deeds) - 1} times more" if len(deeds) > 1 else ""
    return f"{what} after step {deeds[0].step}{times}. {then}"
