"""A moment on its way to another process: plain data with arrays in it, nothing else."""

from collections.abc import Mapping
from typing import Any

import engine as torch
from playground.training.evaluate import Scores
from playground.training.feed import Place
from playground.training.moment import Moment
from playground.training.norms import LayerNorms
from playground.training.trainer import Counters
from playground.training.travel import Travel

Random = dict[str, Any]

Offer = Mapping[str, Any]
"""A `moment`, the `deeds` of the run up to the `step` that is meant, and that: plain data."""


def offer(travel: Travel, step: int) -> Offer:
    """All that another process needs to be where a run was after so many updates. Raises Refused."""
    moment, deeds = travel.way_to(step)
    return {"moment": pack(moment), "deeds": [list(deed) for deed in deeds], "step": step}


def pack(moment: Moment) -> dict[str, Any]:
    """What `jobs.wire` can carry."""
    scheduler = moment.scheduler
    return {
        **{name: getattr(moment, name) for name in PLAIN},
        "counters": moment.counters._asdict(),
        "scheduler": None if scheduler is None else {k: v for k, v in scheduler.items() if _is_plain(v)},
        "random": moment.random.numpy(),
        "place": [
            moment.place.taken,
            moment.place.over,
            None if moment.place.generator is None else moment.place.generator.numpy(),
            [[worker, block, _pack_bits(state)] for worker, (block, state) in moment.place.drawn.items()],
        ],
        "norms": {id: [norms.weight, norms.gradient, norms.ratio] for id, norms in moment.norms.items()},
    }


def unpack(parcel: dict[str, Any]) -> Moment:
    """The moment that `pack` was given; of a scheduler only what changes in a run."""
    taken, over, generator, drawn = parcel["place"]
    counters = dict(parcel["counters"])
    if counters["scored"] is not None:
        step, scores = counters["scored"]
        counters["scored"] = step, Scores(*scores)
    return Moment(
        **{name: parcel[name] for name in PLAIN if name != "options"},
        options=[{name: _tuple(value) for name, value in group.items()} for group in parcel["options"]],
        counters=Counters(**counters),
        scheduler=parcel["scheduler"],
        random=torch.tensor(parcel["random"]),
        place=Place(
            taken,
            over,
            None if generator is None else torch.tensor(generator),
            {worker: (block, _unpack_bits(state)) for worker, block, state in drawn},
        ),
        norms={id: LayerNorms(*norms) for id, norms in parcel["norms"].items()},
    )


PLAIN = ("deeds", "good", "model", "gradients", "optimizer", "options", "muted", "scalars", "scoring")


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def _tuple(value: Any) -> Any:
    """Pairs of an optimizer's options are tuples; a pipe makes lists of them."""
    return tuple(value) if isinstance(value, list) else value


def _pack_bits(state: Random) -> list[Any]:
    """The state of a PCG64; its integers have 128 bits, so they travel in writing."""
    inner = state["state"]
    return [str(inner["state"]), str(inner["inc"]), int(state["has_uint32"]), int(state["uinteger"])]


def _unpack_bits(parcel: list[Any]) -> Random:
    state, inc, has, word = parcel
    inner = {"state": int(state), "inc": int(inc)}
    return {"bit_generator": "PCG64", "state": inner, "has_uint32": has, "uinteger": word}
