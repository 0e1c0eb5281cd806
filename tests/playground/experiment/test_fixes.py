"""A fix is plain data; applied, it gives the experiment that a person would have made by hand."""

import pytest

from playground.experiment.fixes import Edit, Fix, InsertEdit, RemoveEdit, ReplaceEdit, SetEdit, apply
from playground.experiment.spec import Chosen, Experiment, Layer
from tests.playground.experiment.experiments import experiment

STACK = (
    Layer(id="in", type="Linear", args={"out_features": 4}),
    Layer(id="bend", type="ReLU"),
    Layer(id="out", type="Linear", args={"out_features": 2}),
)


def stack() -> Experiment:
    return experiment(*STACK, optimizer="SGD", optimizer_args={"lr": 10.0})


def types(given: Experiment) -> list[str]:
    return [layer.type for layer in given.layers]


def test_a_field_is_set_at_its_path() -> None:
    fixed = apply(
        stack(),
        [
            SetEdit(where="optimizer/args/lr", value=0.1),
            SetEdit(where="data/batch_size", value=16),
            SetEdit(where="layers/in/args/bias", value=False),
        ],
    )

    assert fixed.optimizer.args == {"lr": 0.1}
    assert fixed.data.batch_size == 16
    assert fixed.layers[0].args == {"out_features": 4, "bias": False}
    assert fixed.layers[1:] == STACK[1:]


def test_null_takes_an_argument_back() -> None:
    fixed = apply(stack(), [SetEdit(where="optimizer/args/lr", value=None)])

    assert fixed.optimizer == Chosen(type="SGD")


def test_another_loss_starts_without_arguments() -> None:
    before = experiment(*STACK, loss="CrossEntropyLoss", loss_args={"label_smoothing": 0.1})

    assert apply(before, [SetEdit(where="loss", value="MSELoss")]).loss == Chosen(type="MSELoss")


def test_a_schedule_is_chosen_and_taken_away() -> None:
    chosen = apply(stack(), [SetEdit(where="training/schedule", value="StepLR")])

    assert chosen.training.schedule == Chosen(type="StepLR")
    assert apply(chosen, [SetEdit(where="training/schedule", value=None)]).training.schedule is None


def test_a_layer_is_removed_inserted_and_replaced() -> None:
    removed = apply(stack(), [RemoveEdit(layer="bend")])
    inserted = apply(removed, [InsertEdit(before="out", type="Tanh")])
    replaced = apply(inserted, [ReplaceEdit(layer="out", type="Linear", args={"out_features": 1})])

    assert types(removed) == ["Linear", "Linear"]
    assert types(inserted) == ["Linear", "Tanh", "Linear"]
    assert replaced.layers[2] == Layer(id="out", type="Linear", args={"out_features": 1})


def test_a_layer_is_inserted_at_the_end() -> None:
    assert types(apply(stack(), [InsertEdit(before=None, type="Flatten")]))[-1] == "Flatten"


def test_new_rows_have_ids_of_their_own() -> None:
    fixed = apply(stack(), [InsertEdit(before=None, type="ReLU"), InsertEdit(before="in", type="ReLU")])

    assert len({layer.id for layer in fixed.layers}) == 5


def test_the_experiment_it_began_with_stays_as_it_was() -> None:
    before = stack()
    apply(before, [SetEdit(where="layers/in/args/bias", value=False), RemoveEdit(layer="bend")])

    assert before == stack()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (SetEdit(where="data/batch", value=1), "There is no 'data/batch'"),
        (SetEdit(where="layers/nobody/muted", value=True), "'nobody' is not there"),
        (SetEdit(where="layers/in", value=1), "is a layer"),
        (SetEdit(where="data/batch_size/more", value=1), "'more' is not there"),
        (SetEdit(where="data/batch_size", value=0), "greater than or equal to 1"),
        (RemoveEdit(layer="nobody"), "no layer with the id 'nobody'"),
    ],
)
def test_what_cannot_be_applied_is_said(edit: Edit, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        apply(stack(), [edit])


def test_a_fix_travels_as_json() -> None:
    fix = Fix(label="Remove ReLU 1", edits=(RemoveEdit(layer="bend"), SetEdit(where="loss", value="MSELoss")))

    assert Fix.model_validate_json(fix.model_dump_json()) == fix
