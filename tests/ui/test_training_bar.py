"""Playing, pausing, stepping and resetting, by the names on the page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import Complaints
from tests.ui.controls import at_least, button, choose, counter, loss, number, pause, play_until, steps


def test_the_loss_falls_after_play(app: Page) -> None:
    button(app, "Play").click()
    expect(counter(app, "Step")).to_have_text(at_least(1))
    expect(counter(app, "Training loss")).not_to_have_text("–")
    first = loss(app)

    expect(counter(app, "Step")).to_have_text(at_least(1000))

    assert loss(app) < first
    assert float(counter(app, "Accuracy").inner_text().rstrip(" %")) > 80


def test_a_paused_run_stands_still_and_goes_on(app: Page) -> None:
    play_until(app, 10)
    stood = pause(app)

    button(app, "Play").click()
    expect(counter(app, "Step")).not_to_have_text(str(stood))
    assert steps(app) > stood


def test_a_batch_is_one_step_and_an_epoch_all_its_batches(app: Page) -> None:
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("2")

    button(app, "Step epoch").click()

    expect(counter(app, "Epoch")).to_have_text("1")
    expect(counter(app, "Step")).to_have_text("11")


def test_commands_given_while_the_run_starts_are_kept(app: Page) -> None:
    button(app, "Step batch").click()
    button(app, "Step batch").click()
    button(app, "Step batch").click()

    expect(counter(app, "Step")).to_have_text("3")


def test_a_pause_right_after_play_is_heard(app: Page) -> None:
    button(app, "Play").click()
    stood = pause(app)

    app.wait_for_timeout(1000)
    assert steps(app) == stood


def test_the_five_phases_make_one_step(app: Page) -> None:
    for phase in ("zero_grad", "forward", "loss", "backward"):
        button(app, phase).click()
        expect(button(app, phase)).to_have_attribute("aria-current", "step")
    expect(counter(app, "Step")).to_have_text("0")

    button(app, "step").click()

    expect(counter(app, "Step")).to_have_text("1")


def test_reset_leads_back_to_the_same_curve_and_new_seed_to_another(app: Page) -> None:
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")
    first = counter(app, "Training loss").inner_text()

    button(app, "Reset").click()
    expect(counter(app, "Step")).to_have_text("0")
    button(app, "Step batch").click()
    expect(counter(app, "Training loss")).to_have_text(first)

    button(app, "New seed").click()
    expect(counter(app, "Step")).to_have_text("0")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")
    expect(counter(app, "Training loss")).not_to_have_text(first)


def test_training_stops_at_the_chosen_epoch(app: Page) -> None:
    number(app, "Epochs").fill("2")
    button(app, "Play").click()

    expect(counter(app, "Epoch")).to_have_text("2")
    expect(button(app, "Play")).to_be_visible()
    assert steps(app) == 22


def test_the_learning_rate_changes_without_a_restart(app: Page) -> None:
    play_until(app, 10)
    before = steps(app)

    number(app, "Learning rate").fill("0.001")

    expect(counter(app, "Step")).not_to_have_text(str(before))
    expect(app.get_by_text("applies the change")).to_have_count(0)
    assert steps(app) >= before


def test_what_needs_a_restart_says_so_and_waits(app: Page) -> None:
    play_until(app, 10)

    number(app, "Batch size").fill("8")

    expect(app.get_by_text("Data settings changed since this run began.")).to_be_visible()
    before = steps(app)
    expect(counter(app, "Step")).not_to_have_text(str(before))
    assert steps(app) > before
    button(app, "Restart with the change").click()
    expect(app.get_by_text("changed since this run began")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_said_of_a_run_and_its_settings_moves_nothing(
    app: Page, complaints: Complaints, width: int
) -> None:
    app.set_viewport_size({"width": width, "height": 900})
    play_until(app, 10)
    pause(app)
    stack = app.get_by_role("list", name="Layers", exact=True)
    before = stack.bounding_box()

    app.get_by_role("combobox", name="Optimizer", exact=True).select_option("SGD")
    number(app, "Epochs").fill("0")

    expect(app.get_by_text("Optimizer and epochs changed since this run began.")).to_be_visible()
    expect(app.get_by_text("Play is not possible: epochs must be at least 1, not 0.")).to_be_visible()
    assert stack.bounding_box() == before
    assert fits(app)
    assert serious(app) == []
    complaints.allow("422")


def test_a_run_that_diverged_is_led_back_to_its_last_good_state(app: Page) -> None:
    choose(app, "Linear regression")
    number(app, "Learning rate").fill("90")
    button(app, "Play").click()

    expect(app.get_by_role("alert").filter(has_text="made the first inf")).to_be_visible()
    expect(button(app, "Play")).to_be_visible()
    button(app, "Back to the last good state").click()
    number(app, "Learning rate").fill("0.05")

    button(app, "Step batch").click()
    expect(button(app, "Back to the last good state")).to_have_count(0)
    assert steps(app) > 0


def test_the_slider_says_its_speed_in_words(app: Page) -> None:
    slider = app.get_by_role("slider", name="Speed", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("steps per second"))

    slider.fill("42")
    expect(slider).to_have_attribute("aria-valuetext", "as fast as possible")
    slider.fill("1")
    expect(slider).to_have_attribute("aria-valuetext", "1 step per second")
    slider.fill("0")
    expect(slider).to_have_attribute("aria-valuetext", "slow motion")


@pytest.mark.parametrize("name", ["Epoch", "Step", "Training loss", "Validation loss", "Accuracy"])
def test_counters_do_not_talk(app: Page, name: str) -> None:
    expect(counter(app, name)).to_have_attribute("aria-live", "off")


def test_another_optimizer_brings_its_own_arguments(app: Page) -> None:
    app.get_by_role("combobox", name="Optimizer", exact=True).select_option("SGD")
    button(app, "Optimizer arguments").click()

    number(app, "momentum").fill("0.9")

    app.keyboard.press("Escape")
    expect(number(app, "momentum")).to_have_count(0)
    expect(button(app, "Optimizer arguments")).to_be_focused()
    expect(number(app, "Learning rate")).to_have_value("0.03")


def test_what_was_pressed_last_holds_however_fast(app: Page) -> None:
    button(app, "Play").click()
    expect(counter(app, "Step")).to_have_text(at_least(10))
    for _ in range(6):
        button(app, "Pause").click()
        button(app, "Play").click()
    button(app, "Pause").click()
    app.wait_for_timeout(500)
    expect(button(app, "Play")).to_be_visible()
    before = steps(app)
    app.wait_for_timeout(300)
    assert steps(app) == before


def test_gradients_are_clipped_where_a_norm_is_given(app: Page) -> None:
    field = number(app, "Clip gradients")
    expect(field).to_have_attribute("placeholder", "off")
    field.fill("0.01")

    for phase in ("zero_grad", "forward", "loss", "backward", "step"):
        button(app, phase).click()
    expect(app.get_by_text("clip_grad_norm_ shortened them to 0.01")).to_be_visible()
    app.get_by_role("tab", name="Code", exact=True).click()
    code = app.get_by_label("Clipping, before the step code")
    expect(code).to_contain_text("clip_grad_norm_(model.parameters(), 0.01)")

    field.fill("")
    field.press("Enter")
    expect(code).to_have_count(0)
