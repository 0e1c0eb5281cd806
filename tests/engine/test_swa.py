"""Averaged models, SWALR, and hooks around the state of modules and optimizers."""

import numpy as np
import pytest

import engine


def net(library):
    made = library.nn.Sequential(library.nn.Linear(2, 3), library.nn.BatchNorm1d(3), library.nn.Linear(3, 1))
    rng = np.random.default_rng(0)
    with library.no_grad():
        for p in made.parameters():
            p.copy_(library.tensor(rng.standard_normal(tuple(p.shape)).astype(np.float32)))
    return made


def averaged(library, **options):
    swa_utils = library.optim.swa_utils
    named = {"ema": swa_utils.get_ema_multi_avg_fn(0.9), "single": swa_utils.get_ema_avg_fn(0.8)}
    options = {key: named.get(value, value) for key, value in options.items()}
    model = net(library)
    average = swa_utils.AveragedModel(model, **options)
    optimizer = library.optim.SGD(model.parameters(), lr=0.1)
    x = library.tensor(np.random.default_rng(1).standard_normal((8, 2)).astype(np.float32))
    for _ in range(4):
        optimizer.zero_grad()
        (model(x) ** 2).mean().backward()
        optimizer.step()
        average.update_parameters(model)
    swa_utils.update_bn([x], average)
    return {key: value.detach().numpy() for key, value in average.state_dict().items()}


@pytest.mark.parametrize(
    "options",
    [{}, {"multi_avg_fn": "ema"}, {"avg_fn": "single"}, {"multi_avg_fn": "ema", "use_buffers": True}],
    ids=str,
)
def test_averages_are_torchs(torch, options):
    ours, theirs = averaged(engine, **options), averaged(torch, **options)
    assert list(ours) == list(theirs)
    for key, value in ours.items():
        np.testing.assert_allclose(value, theirs[key], rtol=1e-5, atol=1e-6, err_msg=key)


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 4])
def test_the_swa_schedule_is_torchs(torch, strategy, epochs):
    rates = []
    for library in (engine, torch):
        optimizer = library.optim.SGD([library.ones(1, requires_grad=True)], lr=0.5)
        schedule = library.optim.swa_utils.SWALR(optimizer, 0.05, epochs, strategy)
        found = []
        for _ in range(7):
            optimizer.step()
            schedule.step()
            found.append(optimizer.param_groups[0]["lr"])
        rates.append(found)
    np.testing.assert_allclose(rates[0], rates[1], rtol=1e-12)


def test_hooks_see_and_change_a_modules_state():
    seen = []
    model = engine.nn.Sequential(engine.nn.Linear(1, 1))
    model.register_state_dict_pre_hook(lambda module, prefix, keep_vars: seen.append("before"))
    model.register_state_dict_post_hook(lambda module, state, prefix, meta: seen.append(sorted(state)))
    state = model.state_dict()
    assert seen == ["before", ["0.bias", "0.weight"]]

    def renamed(module, state_dict, prefix, *rest):
        for key in list(state_dict):
            state_dict[key.replace("old.", "0.")] = state_dict.pop(key)

    model.register_load_state_dict_pre_hook(renamed)
    found = []
    model.register_load_state_dict_post_hook(lambda module, keys: found.append(keys.missing_keys))
    old = {key.replace("0.", "old."): value for key, value in state.items()}
    model.load_state_dict(old)
    assert found == [[]]
    assert sorted(old) == ["old.bias", "old.weight"]


class Counting(engine.nn.Linear):
    count = 0

    def get_extra_state(self):
        return {"count": self.count}

    def set_extra_state(self, state):
        self.count = state["count"]


def test_extra_state_is_saved_and_loaded():
    one, other = Counting(1, 1), Counting(1, 1)
    one.count = 7
    other.load_state_dict(one.state_dict())
    assert other.count == 7
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "_extra_state"'):
        other.load_state_dict(engine.nn.Linear(1, 1).state_dict())


def test_hooks_see_and_change_an_optimizers_state():
    optimizer = engine.optim.SGD([engine.ones(1, requires_grad=True)], lr=0.1)
    seen = []
    optimizer.register_state_dict_pre_hook(lambda opt: seen.append("before"))
    optimizer.register_state_dict_post_hook(lambda opt, state: {**state, "note": 1})
    optimizer.register_load_state_dict_pre_hook(
        lambda opt, state: {**state, "param_groups": [{**state["param_groups"][0], "lr": 0.7}]}
    )
    handle = optimizer.register_load_state_dict_post_hook(lambda opt: seen.append("after"))
    state = optimizer.state_dict()
    assert state["note"] == 1
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["lr"] == 0.7
    handle.remove()
    optimizer.load_state_dict(state)
    assert seen == ["before", "after"]


def test_programs_with_mixed_precision_switched_off_run():
    scaler = engine.amp.GradScaler("cpu", enabled=False)
    x = engine.ones(2, requires_grad=True)
    optimizer = engine.optim.SGD([x], lr=1.0)
    with engine.autocast("cpu", enabled=False):
        loss = (x * 2).sum()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert x.tolist() == [-1.0, -1.0]
    with pytest.raises(NotImplementedError, match="Pass enabled=False"):
        engine.autocast("cpu")
