"""The routes of runs, with a real worker: what they answer, and what they refuse."""


import pytest

from playground.experiment.spec import Chosen, Layer
from playground.workbench.program import Program
from tests.playground.jobs.listening import wait_until
from tests.playground.live.page import Page
from tests.playground.training.experiments import line, spiral
from tests.playground.workbench.programs import BOUNDS

LONG = spiral(epochs=100_000)


def test_a_started_run_is_answered_with_its_experiment_and_can_be_asked_for(alice: Page) -> None:
    run = alice.start(LONG, play=False)

    answer = alice.get(f"/api/runs/{run}").json()

    assert answer["run"] == run
    assert answer["experiment"] == LONG.model_dump(mode="json")


def test_an_experiment_that_cannot_play_is_refused_with_its_problems_and_starts_nothing(alice: Page) -> None:
    impossible = LONG.model_copy(update={"layers": (Layer(id="a", type="Conv2d", args={"out_channels": 2}),)})

    answer = alice.try_to_start(impossible)

    assert answer.status_code == 422
    assert any(problem["where"].startswith("layers/0") for problem in answer.json()["problems"])


def test_a_run_that_starts_paused_waits_and_takes_single_steps(alice: Page) -> None:
    run = alice.start(LONG, play=False)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "paused")

    assert alice.command(run, "step_batch").json()["state"] == "paused"
    alice.wait_for_frame(run, lambda frame: frame.progress.step == 1)
    alice.command(run, "step_epoch")
    alice.wait_for_frame(run, lambda frame: frame.state == "paused" and frame.progress.epoch == 1)


def test_the_five_phases_make_a_step_and_what_pytorch_refuses_is_refused_in_its_words(alice: Page) -> None:
    run = alice.start(LONG, play=False)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "paused")
    for phase in ("zero_grad", "forward", "loss", "backward"):
        assert alice.command(run, "phase", phase=phase).status_code == 200
    alice.wait_for_frame(run, lambda frame: frame.progress.phase == "backward")

    refused = alice.command(run, "phase", phase="backward")

    assert refused.status_code == 409
    assert "backward through the graph a second time" in refused.json()["problems"][0]["message"]
    shown = alice.wait_for_frame(run, lambda frame: frame.problem is not None)
    assert shown.state == "paused"
    alice.command(run, "phase", phase="step")
    alice.wait_for_frame(run, lambda frame: frame.progress.step == 1 and frame.problem is None)


def test_learning_rate_and_speed_change_while_it_runs(alice: Page) -> None:
    run = alice.start(LONG, steps_per_second=50)
    alice.follow(run)
    alice.command(run, "set_lr", lr=0.25)
    alice.command(run, "set_speed", steps_per_second=None)

    changed = alice.wait_for_frame(run, lambda frame: frame.progress.lr == 0.25)
    assert changed.state == "running"
    alice.wait_for_frame(run, lambda frame: frame.progress.speed is None)


def test_a_run_says_the_learning_rate_that_was_last_set_by_hand(alice: Page) -> None:
    run = alice.start(LONG, play=False)
    assert alice.get(f"/api/runs/{run}").json()["learning_rate"] is None

    for lr in (0.25, 0.125):
        alice.command(run, "set_lr", lr=lr)
        alice.command(run, "step_batch")
    wait_until(lambda: alice.get(f"/api/runs/{run}").json()["learning_rate"] == 0.125)


def test_the_model_of_this_moment_answers(alice: Page) -> None:
    run = alice.start(LONG)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.progress.step > 0)

    answer = alice.post(f"/api/runs/{run}/predict", {"inputs": [[0.1, 0.2], [0, 0]]})

    assert answer.status_code == 200, answer.text
    assert [len(row) for row in answer.json()["probabilities"]] == [2, 2]
    assert len(answer.json()["classes"]) == 2


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"inputs": [[1, 2, 3]]}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [["a", 2]]}, "inputs/0/0"),
        ({"rows": 1}, "inputs"),
    ],
)
def test_rows_that_the_model_cannot_take_are_refused_where_they_stand(
    alice: Page, body: dict[str, object], where: str
) -> None:
    run = alice.start(LONG)

    answer = alice.post(f"/api/runs/{run}/predict", body)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == where


@pytest.mark.parametrize(
    "command",
    [{}, {"do": "explode"}, {"do": "phase"}, {"do": "set_lr", "lr": -1}, {"do": "set_lr", "lr": "x"}],
)
def test_a_command_that_makes_no_sense_is_refused_and_the_run_goes_on(
    alice: Page, command: dict[str, object]
) -> None:
    run = alice.start(LONG)

    assert alice.post(f"/api/runs/{run}/command", command).status_code == 422
    assert alice.get(f"/api/runs/{run}").json()["state"] in ("starting", "running")


def test_a_run_too_many_is_refused_in_words(alice: Page) -> None:
    for _ in range(6):
        alice.start(LONG)

    answer = alice.try_to_start(LONG)

    assert answer.status_code == 429
    assert "6 runs of this session are going" in answer.json()["problems"][0]["message"]


def test_a_diverged_run_says_where_and_can_be_restored(alice: Page) -> None:
    run = alice.start(line(epochs=100_000), play=False)
    alice.follow(run)
    alice.command(run, "set_lr", lr=1e6)
    alice.command(run, "play")
    diverged = alice.wait_for_frame(run, lambda frame: frame.state == "diverged")
    assert diverged.problem is not None
    assert "In step" in diverged.problem.message
    assert diverged.problem.where.startswith(("layers/", "loss"))

    wait_until(lambda: alice.command(run, "play").status_code == 409)  # a late answer is not waited for
    assert alice.command(run, "restore").status_code == 200
    alice.wait_for_frame(run, lambda frame: frame.state == "paused" and frame.problem is None)


def test_one_samples_way_is_answered_and_one_that_is_not_there_refused_at_its_index(alice: Page) -> None:
    run = alice.start(LONG, play=False)
    alice.command(run, "step_batch")

    way = alice.post(f"/api/runs/{run}/sample", {"index": 3, "units": {"row-0": 2}})
    refused = alice.post(f"/api/runs/{run}/sample", {"index": 32})

    assert way.status_code == 200, way.text
    assert [stage["unit"] for stage in way.json()["stages"]] == [2, 0, 0]
    assert way.json()["place"]["size"] == 8
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["where"] == "index"


def test_the_gradients_of_a_run_are_checked_while_it_goes_on(alice: Page) -> None:
    run = alice.start(LONG)

    answer = alice.post(f"/api/runs/{run}/gradcheck", {})

    assert answer.status_code == 200, answer.text
    assert answer.json()["passed"]
    assert alice.get(f"/api/runs/{run}").json()["state"] in ("starting", "running")


def test_a_run_that_has_diverged_is_asked_who_did_it(alice: Page) -> None:
    ruinous = line(epochs=50).model_copy(update={"optimizer": Chosen(type="SGD", args={"lr": 1000.0})})
    run = alice.start(ruinous, play=False)
    alice.follow(run)
    assert alice.post(f"/api/runs/{run}/finding", {}).status_code == 409

    alice.command(run, "play")
    alice.wait_for_frame(run, lambda frame: frame.state == "diverged")
    answer = alice.post(f"/api/runs/{run}/finding", {})

    assert answer.status_code == 200, answer.text
    finding = answer.json()
    assert finding["headline"] == "Step 7, loss: MSELoss made the first inf"
    assert finding["ways"][0]["fix"]["edits"] == [{"do": "set", "where": "optimizer/args/lr", "value": 0.1}]
    assert alice.get(f"/api/runs/{run}").json()["state"] == "diverged"


def test_a_weight_and_a_unit_are_changed_and_the_page_hears_of_what_is_muted(alice: Page) -> None:
    run = alice.start(LONG, play=False)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "paused")

    edited = alice.command(run, "edit", parameter="0.bias", index=[1], value=0.5)
    muted = alice.command(run, "mute", layer="row-0", unit=2, on=True)
    refused = alice.command(run, "mute", layer="row-0", unit=99, on=True)

    assert (edited.status_code, muted.status_code, refused.status_code) == (200, 200, 409)
    assert "8 units" in refused.json()["problems"][0]["message"]
    alice.wait_for_frame(run, lambda frame: frame.progress.muted == {"row-0": [2]})


def test_verifying_right_after_a_step_compares_that_step(alice: Page) -> None:
    run = alice.start(LONG, play=False)
    for steps in (1, 2):
        alice.command(run, "step_batch")
        started = alice.post(f"/api/runs/{run}/verify", {})

        assert (started.status_code, started.json()["of"]) == (202, steps)
        wait_until(lambda: alice.get(f"/api/runs/{run}/verify").json()["state"] == "equal")


def test_tensors_of_a_run_come_as_code_with_their_exact_values(alice: Page) -> None:
    run = alice.start(LONG, play=False)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "paused")
    assert alice.post(f"/api/runs/{run}/inspect", {"what": "batch"}).status_code == 409
    alice.command(run, "step_batch")
    alice.wait_for_frame(run, lambda frame: frame.progress.step == 1)
    layer = LONG.layers[0].id

    answer = alice.post(f"/api/runs/{run}/inspect", {"what": "layer", "layer": layer}).json()

    names = {line.partition(" = ")[0] for line in answer["code"].splitlines()}
    assert {"linear_1_weight", "linear_1_weight_grad", "linear_1_input", "linear_1_output"} <= names
    program = Program("import torch\n" + answer["code"], BOUNDS).start()
    assert program.problems == []
    weight, bias = program.names["linear_1_weight"], program.names["linear_1_bias"]
    output = program.names["linear_1_input"] @ weight.T + bias
    assert output.allclose(program.names["linear_1_output"], atol=1e-6)
