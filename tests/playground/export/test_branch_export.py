"""What the export of a branch can prove it proves, from step 0 on; else it says what it is."""

from typing import Any
from uuid import uuid4

from playground.experiment.spec import Chosen, Experiment
from tests.playground.export.test_exports_api import scripted, verified
from tests.playground.live.page import Page
from tests.playground.training.experiments import spiral

PARENT = spiral(epochs=30, optimizer="Adam", lr=0.01)


def branched(page: Page, run: str, step: int, experiment: Experiment) -> str:
    """A branch that has ended."""
    body = {"step": step, "experiment": experiment.model_dump(mode="json"), "request_id": uuid4().hex}
    answer: dict[str, Any] = page.post(f"/api/runs/{run}/branch", body).json()
    branch = str(answer["run"])
    page.follow(branch)
    page.wait_for_frame(branch, lambda frame: frame.state == "finished")
    return branch


def test_a_branch_with_another_learning_rate_is_proven_from_the_first_step_on(alice: Page) -> None:
    another = spiral(epochs=35, optimizer="Adam", lr=0.002)
    branch = branched(alice, alice.finish(PARENT), 57, another)

    verdict = verified(alice, branch)
    assert (verdict["state"], verdict["steps"]) == ("equal", 140)
    script = scripted(alice, another, branch)
    assert script["equal_until"] is None
    assert "The learning rate was set by hand after step 57." in script["notes"][0]
    assert "lr=0.01" in script["code"]


def test_a_branch_of_such_a_branch_is_proven_too(alice: Page) -> None:
    once = branched(alice, alice.finish(PARENT), 57, spiral(epochs=30, optimizer="Adam", lr=0.002))
    alice.command(once, "seek", step=90)
    twice = branched(alice, once, 90, spiral(epochs=30, optimizer="Adam", lr=0.05))

    verdict = verified(alice, twice)
    assert (verdict["state"], verdict["steps"]) == ("equal", 120)


def test_what_a_person_did_before_the_branch_is_in_its_script(alice: Page) -> None:
    run = alice.start(PARENT, play=False)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "paused")
    for _ in range(3):
        alice.command(run, "step_batch")
    alice.command(run, "edit", parameter="0.weight", index=[0, 0], value=0.5)
    alice.command(run, "mute", layer="row-0", unit=1, on=True)
    alice.command(run, "step_batch")
    alice.wait_for_frame(run, lambda frame: frame.progress.step == 4)

    verdict = verified(alice, branched(alice, run, 4, PARENT))
    assert (verdict["state"], verdict["steps"]) == ("equal", 120)


def test_a_changed_branch_says_that_no_script_begins_where_it_did(alice: Page) -> None:
    changed = PARENT.model_copy(update={"optimizer": Chosen(type="SGD", args={"lr": 0.1})})
    branch = branched(alice, alice.finish(PARENT), 57, changed)

    script = scripted(alice, changed, branch)
    assert script["equal_until"] == 0
    assert "at step 57 of Run 1" in script["notes"][0]
    assert "at step 57 of Run 1" in " ".join(script["code"].split())
    assert "the curves agree" not in " ".join(script["code"].split())
    for refused in (alice.post(f"/api/runs/{branch}/verify", {}), alice.get(f"/api/runs/{branch}/replay")):
        assert refused.status_code == 409
        assert "at step 57 of Run 1: no script" in refused.json()["problems"][0]["message"]


def test_an_unchanged_branch_of_a_changed_one_names_the_step_at_which_it_changed(alice: Page) -> None:
    changed = PARENT.model_copy(update={"optimizer": Chosen(type="SGD", args={"lr": 0.1})})
    once = branched(alice, alice.finish(PARENT), 57, changed)

    script = scripted(alice, changed, branched(alice, once, 90, changed))
    assert "at step 57 of Run 1" in script["notes"][0]


def test_looking_back_changes_nothing_of_what_is_exported(alice: Page) -> None:
    run = alice.finish(PARENT)
    before = scripted(alice, PARENT, run)
    alice.command(run, "seek", step=31)
    alice.wait_for_frame(run, lambda frame: frame.progress.step == 31)

    assert scripted(alice, PARENT, run) == before
    verdict = verified(alice, run)
    assert (verdict["state"], verdict["steps"]) == ("equal", 120)
