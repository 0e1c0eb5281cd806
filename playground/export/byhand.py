"""What a person did during a run, as a script can say it: replayed where it can be, else named."""

from collections.abc import Sequence
from dataclasses import dataclass

from playground.training.log import Deed

REPLAYED = ("set_lr", "edit", "mute", "unmute")

Edit = tuple[str, tuple[int, ...], float]
"""A parameter's name, the place of one of its elements, and the value that was set."""


@dataclass(frozen=True)
class ByHand:
    """What a script does again, each by the number of updates after which it holds.

    `silent` are all silent units of a layer (by its place in the model) where they changed. `notes` says all
    that was done in words, and `equal_until` is the number of updates up to which such a script equals the
    run (None: to the end).
    """

    learning_rates: tuple[tuple[int, float], ...] = ()
    edits: tuple[tuple[int, tuple[Edit, ...]], ...] = ()
    silent: tuple[tuple[int, tuple[tuple[int, tuple[int, ...]], ...]], ...] = ()
    notes: tuple[str, ...] = ()
    equal_until: int | None = None


NOTHING = ByHand()


def by_hand(log: Sequence[Deed]) -> ByHand:
    """What a script can make of a run's log."""
    apart = [deed for deed in log if deed.do not in REPLAYED]
    until = log.index(apart[0]) if apart else len(log)
    again, later = log[:until], log[until:]
    rates = {deed.step: deed.value for deed in again if deed.do == "set_lr" and deed.value is not None}
    same = "The script {} at the same steps."
    notes = [
        _note("The learning rate was set by hand", _of(again, "set_lr"), same.format("sets it")),
        _note("A weight was set by hand", _of(again, "edit"), same.format("sets it")),
        _note("Units were muted", _of(again, "mute", "unmute"), same.format("mutes them")),
        _note("Phases of a step were run in another order", _of(apart, "phases")),
        _note("Earlier weights were restored", _of(apart, "restore")),
        _note("The learning rate was set later still", _of(later, "set_lr")),
        _note("A weight was set later still", _of(later, "edit")),
        _note("Units were muted later still", _of(later, "mute", "unmute")),
    ]
    return ByHand(
        learning_rates=tuple(rates.items()),
        edits=_edits(_of(again, "edit")),
        silent=_silent(_of(again, "mute", "unmute")),
        notes=tuple(filter(None, notes)),
        equal_until=apart[0].step if apart else None,
    )


def branched(step: int, run: str) -> ByHand:
    """What a script can make of a run on whose way the experiment changed, at that step of `run`: nothing."""
    note = (
        f"The experiment changed on the way to this run, at step {step} of {run}, whose weights it took "
        "over. A script begins at step 0, so this one trains the new experiment from the start, which is "
        "not that run."
    )
    return ByHand(notes=(note,), equal_until=0)


def beyond_scripts(step: int, run: str) -> str:
    """Why nothing that begins at step 0 can repeat such a run."""
    where = f"step {step} of {run}"
    return f"The experiment changed on the way to this run, at {where}: no script from step 0 on does that."


def _of(log: Sequence[Deed], *kinds: str) -> list[Deed]:
    return [deed for deed in log if deed.do in kinds]


def _edits(log: Sequence[Deed]) -> tuple[tuple[int, tuple[Edit, ...]], ...]:
    """By step; of several values for one element the last."""
    steps: dict[int, dict[tuple[str, tuple[int, ...]], float]] = {}
    for deed in log:
        if deed.value is not None:
            steps.setdefault(deed.step, {})[deed.what, deed.element] = deed.value
    return tuple(
        (step, tuple((name, element, value) for (name, element), value in edits.items()))
        for step, edits in steps.items()
    )


def _silent(log: Sequence[Deed]) -> tuple[tuple[int, tuple[tuple[int, tuple[int, ...]], ...]], ...]:
    """By step, for each layer that changed, all its units that are silent then."""
    now: dict[int, frozenset[int]] = {}
    steps: dict[int, dict[int, tuple[int, ...]]] = {}
    for deed in log:
        layer, unit = int(deed.what), frozenset(deed.element)
        before = now.get(layer, frozenset())
        now[layer] = before | unit if deed.do == "mute" else before - unit
        steps.setdefault(deed.step, {})[layer] = tuple(sorted(now[layer]))
    return tuple((step, tuple(layers.items())) for step, layers in steps.items())


def _note(what: str, deeds: Sequence[Deed], then: str = "The script does not.") -> str:
    """One sentence for all deeds of a kind, however many; empty where there are none."""
    if not deeds:
        return ""
    times = f" and {len(deeds) - 1} times more" if len(deeds) > 1 else ""
    return f"{what} after step {deeds[0].step}{times}. {then}"
