"""Random valid experiments over the whole catalog, small enough to train in a blink."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from playground.data.prepare import facts
from playground.data.registry import DATASETS
from playground.experiment.arguments import Argument
from playground.experiment.catalog import LAYERS, LOSSES, OPTIMIZERS, SCHEDULES, arguments, loss_class
from playground.experiment.check import check
from playground.experiment.shapes import fold
from playground.experiment.spec import Chosen, Data, Experiment, Layer, Training
from playground.settings import Limits
from tests.playground.export.running import no_files

WIDEST = 8
LIMITS = Limits(max_parameters=5_000)
SELF_MADE = [name for name, dataset in DATASETS.items() if dataset.source in ("generated", "streamed")]
BUNDLED = [name for name, dataset in DATASETS.items() if dataset.source == "bundled"]



@st.composite
def experiments(draw: st.DrawFn, without: tuple[str, ...] = (), epochs: int = 2) -> Experiment:
    """A valid experiment without CSV, of few samples, with no layer and no schedule that is in `without`."""
    data = draw(datas())
    known = facts(data, no_files)
    losses = [name for name in LOSSES if _fits(loss_class(name).target, known.task, len(known.classes))]
    kind = draw(st.sampled_from(losses))
    outputs = len(known.classes) if loss_class(kind).target == "class index" else 1
    experiment = Experiment(
        data=data,
        layers=draw(stacks((data.batch_size, *known.input_shape), outputs, without, LOSSES[kind].after)),
        loss=draw(chosen(st.just(kind), outputs)),
        optimizer=draw(chosen(st.sampled_from(list(OPTIMIZERS)))),
        training=Training(
            epochs=epochs,
            seed=draw(st.integers(0, 2**31 - 1)),
            clip_norm=draw(st.none() | st.floats(1e-3, 10)),
            schedule=draw(st.none() | chosen(st.sampled_from([s for s in SCHEDULES if s not in without]))),
        ),
    )
    assume(check(experiment, no_files, LIMITS).can_play)
    return experiment


@st.composite
def datas(draw: st.DrawFn) -> Data:
    name = draw(st.sampled_from(SELF_MADE) | st.sampled_from(BUNDLED))
    dataset = DATASETS[name]
    smallest, largest = (64, 512) if dataset.source == "bundled" else (3, 64)
    args = {parameter.name: draw(values(Argument(parameter))) for parameter in dataset.parameters}
    for count in args.keys() & {"samples", "validation_samples"}:
        args[count] = draw(st.integers(10, 40))
    style = "iterable" if dataset.streaming else draw(st.sampled_from(("map", "iterable")))
    return Data(
        name=name,
        args=args,
        seed=draw(st.integers(0, 2**31 - 1)),
        validation_share=draw(st.sampled_from((0, 0.25, 0.3, 0.9))),
        batch_size=draw(st.integers(smallest, largest)),
        shuffle=style == "map" and draw(st.booleans()),
        drop_last=draw(st.booleans()),
        style=style,
        steps_per_epoch=draw(st.integers(1, 6)),
    )


@st.composite
def stacks(
    draw: st.DrawFn,
    input_shape: tuple[int, ...],
    outputs: int,
    without: tuple[str, ...],
    activation: str | None,
) -> tuple[Layer, ...]:
    """Layers that lead `input_shape` to one row of `outputs` numbers per sample; some are muted.

    At the end is the `activation` that the loss needs.
    """
    layers: list[Layer] = []
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from([name for name in LAYERS if name not in without]))
        part = draw(chosen(st.just(kind)))
        layer = Layer(id=f"l{len(layers)}", type=kind, args=part.args, muted=draw(st.booleans()))
        if not fold([*layers, layer], input_shape).problems:
            layers.append(layer)
    layers.append(Layer(id="flat", type="Flatten"))
    layers.append(Layer(id="last", type="Linear", args={"out_features": outputs}))
    if activation is not None:
        layers.append(Layer(id="activation", type=activation, args=LAYERS[activation].starts))
    return tuple(layers)


@st.composite
def chosen(draw: st.DrawFn, kinds: st.SearchStrategy[str], outputs: int = 1) -> Chosen:
    """A catalog name with some of its arguments, for a model of so many outputs."""
    kind = draw(kinds)
    args = {}
    for argument in arguments(kind).values():
        if not argument.parameter.inferred and (argument.required or draw(st.booleans())):
            args[argument.name] = draw(values(argument, outputs))
    return Chosen(type=kind, args=args)


def values(argument: Argument, outputs: int = 1) -> st.SearchStrategy[Any]:
    """Values that `argument` accepts; sizes stay small."""
    p = argument.parameter
    low = -1e3 if p.low is None else p.low
    high = 1e3 if p.high is None else p.high
    made: st.SearchStrategy[Any]
    if p.kind == "bool":
        made = st.booleans()
    elif p.kind == "choice":
        made = st.sampled_from(p.choices)
    elif p.kind == "int":
        made = st.integers(int(low), int(min(high, max(low, 0) + WIDEST)))
    elif p.kind == "numbers":
        made = st.lists(st.floats(0.1, 10) | st.just(0.0), min_size=outputs, max_size=outputs).map(tuple)
    else:
        made = st.floats(low, min(high, low + 10), allow_subnormal=False)
        if p.kind == "pair":
            made = st.tuples(made, made)
    return made.filter(lambda value: argument.problem(value) is None)


def _fits(target: str, task: str, classes: int) -> bool:
    if task == "regression":
        return target == "real"
    return target == "class index" or (target == "0/1" and classes == 2)
