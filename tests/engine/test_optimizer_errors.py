"""What an optimizer refuses, it refuses as PyTorch does: same type, same words."""

import pytest

import engine
from engine import optim

BAD_OPTIONS = [
    ("SGD", {"lr": -1}),
    ("SGD", {"momentum": -1}),
    ("SGD", {"weight_decay": -1}),
    ("SGD", {"nesterov": True}),
    ("SGD", {"momentum": 0.9, "dampening": 0.1, "nesterov": True}),
    ("Adam", {"lr": -1}),
    ("Adam", {"eps": -1}),
    ("Adam", {"betas": (1.0, 0.9)}),
    ("Adam", {"betas": (0.1, 1.9)}),
    ("Adam", {"weight_decay": -1}),
    ("AdamW", {"lr": -1}),
    ("Adagrad", {"lr_decay": -1}),
    ("Adagrad", {"initial_accumulator_value": -1}),
    ("Adagrad", {"eps": -1}),
    ("Adagrad", {"lr": -1}),
    ("Adagrad", {"weight_decay": -1}),
    ("RMSprop", {"alpha": -1}),
    ("RMSprop", {"eps": -1}),
    ("RMSprop", {"momentum": -1}),
    ("RMSprop", {"lr": -1}),
    ("Adadelta", {"rho": 2}),
    ("Adadelta", {"lr": -1}),
    ("Adadelta", {"eps": -1}),
    ("Adamax", {"betas": (-1, 0.5)}),
    ("Adamax", {"eps": -1}),
    ("NAdam", {"momentum_decay": -1}),
    ("NAdam", {"betas": (2, 1)}),
    ("RAdam", {"lr": -1}),
    ("RAdam", {"betas": (2, 1)}),
    ("Rprop", {"etas": (1, 1)}),
    ("Rprop", {"lr": -1}),
    ("ASGD", {"weight_decay": -1}),
    ("ASGD", {"lr": -1}),
    ("Adam", {"fused": True, "foreach": True}),
    ("Adafactor", {"lr": -1}),
    ("Adafactor", {"beta2_decay": 1}),
    ("Adafactor", {"eps": (-1, 0.1)}),
    ("Adafactor", {"d": 0.5}),
    ("Muon", {"momentum": -1}),
    ("Muon", {"adjust_lr_fn": "none"}),
    ("Muon", {}),
    ("SGD", {"fused": True, "differentiable": True}),
    ("Adam", {"betas": (0, 0.9)}),
]
ALL = (
    "SGD", "Adam", "AdamW", "Adagrad", "RMSprop", "Adadelta", "Adamax", "NAdam", "RAdam", "Rprop", "ASGD",
    "LBFGS",
)


def refusal(call):
    with pytest.raises(Exception) as caught:
        call()
    return type(caught.value), str(caught.value)


@pytest.mark.parametrize(("name", "options"), BAD_OPTIONS, ids=lambda v: str(v))
def test_bad_options_are_refused_in_torchs_words(torch, name, options):
    ours, theirs = (
        refusal(lambda lib=lib: getattr(lib.optim, name)([lib.ones(1, requires_grad=True)], **options))
        for lib in (engine, torch)
    )
    assert ours == theirs


@pytest.mark.parametrize("name", ALL)
def test_a_learning_rate_of_several_numbers_is_refused(name):
    with pytest.raises(ValueError, match="Tensor lr must be 1-element"):
        getattr(optim, name)([engine.ones(1, requires_grad=True)], lr=engine.tensor([0.1, 0.2]))


@pytest.mark.parametrize(("name", "option", "words"), [
    ("Adam", "lr", "lr as a Tensor"),
    ("AdamW", "lr", "lr as a Tensor"),
    ("Adam", "betas", "betas.0. as a Tensor"),
])
def test_adam_takes_no_tensors_as_options_for_the_form_over_all_parameters(torch, name, option, words):
    for lib in (engine, torch):
        half = lib.tensor(0.5)
        given = {option: (half, half) if option == "betas" else half}
        with pytest.raises(ValueError, match=f"{words} is not supported for capturable=False and foreach"):
            getattr(lib.optim, name)([lib.ones(1, requires_grad=True)], foreach=True, **given)


@pytest.mark.parametrize("make", [
    lambda lib: [],
    lambda lib: lib.ones(2, requires_grad=True),
    lambda lib: [lib.ones(2, requires_grad=True) * 2],
    lambda lib: [3],
    lambda lib: [{"params": {lib.ones(1)}}],
    lambda lib: [("a", lib.ones(1)), lib.ones(1)],
], ids=["empty", "a tensor", "no leaf", "a number", "a set", "half named"])
def test_bad_parameters_are_refused_in_torchs_words(torch, make):
    ours, theirs = (refusal(lambda lib=lib: lib.optim.SGD(make(lib), lr=0.1)) for lib in (engine, torch))
    assert ours == theirs


def test_a_parameter_belongs_to_one_group_only(torch):
    def twice(lib):
        p = lib.ones(1, requires_grad=True)
        lib.optim.SGD([{"params": [p]}, {"params": p}], lr=0.1)

    ours, theirs = (refusal(lambda lib=lib: twice(lib)) for lib in (engine, torch))
    assert ours == theirs


def test_a_parameter_twice_in_a_group_is_warned_of():
    p = engine.ones(1, requires_grad=True)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optim.SGD([p, p], lr=0.1)


@pytest.mark.parametrize("state", [
    {"state": {}, "param_groups": []},
    {"state": {}, "param_groups": [{"params": [0, 1]}]},
], ids=["groups", "parameters"])
def test_a_state_that_does_not_fit_is_refused_in_torchs_words(torch, state):
    def load(lib):
        lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=0.1).load_state_dict(state)

    ours, theirs = (refusal(lambda lib=lib: load(lib)) for lib in (engine, torch))
    assert ours == theirs


def test_it_prints_as_torchs_does(torch):
    ours, theirs = (
        repr(lib.optim.SGD([{"params": [lib.ones(1)]}, {"params": [lib.ones(2)], "lr": 1}], lr=0.1))
        for lib in (engine, torch)
    )
    assert ours == theirs


def test_names_of_parameters_are_kept(torch):
    ours, theirs = (
        lib.optim.SGD(lib.nn.Linear(1, 1).named_parameters(), lr=0.1).state_dict()["param_groups"]
        for lib in (engine, torch)
    )
    assert ours == theirs
