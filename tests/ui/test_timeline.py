"""Going back under the loss curve, going on as it went, and branching with something changed."""

import re

from playwright.sync_api import Page, expect

from tests.ui.controls import button, counter, go_to, moment, number, pause, play_until


def batches(app: Page, many: int) -> list[str]:
    """Steps that many batches; the training loss after each."""
    losses = []
    for step in range(1, many + 1):
        button(app, "Step batch").click()
        expect(counter(app, "Step")).to_have_text(str(step))
        losses.append(counter(app, "Training loss").inner_text())
    return losses


def test_a_moment_is_shown_as_it_was_and_goes_on_as_it_went(app: Page) -> None:
    losses = batches(app, 4)

    go_to(app, 2)
    expect(counter(app, "Training loss")).to_have_text(losses[1])
    expect(app.get_by_text("Step 2 of 4: looking back")).to_be_visible()

    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("3")
    expect(counter(app, "Training loss")).to_have_text(losses[2])
    expect(app.get_by_text("every loss is equal, bit for bit")).to_be_visible()

    button(app, "Back to the present").click()
    expect(counter(app, "Step")).to_have_text("4")
    expect(counter(app, "Training loss")).to_have_text(losses[3])
    expect(app.get_by_text("Step 4: the present")).to_be_visible()
    expect(button(app, "Back to the present")).to_have_count(0)


def test_the_slider_is_led_by_keys(app: Page) -> None:
    play_until(app, 100)
    furthest = pause(app)
    slider = moment(app)
    slider.focus()
    for key, step in (("Home", 0), ("ArrowRight", 1), ("PageUp", 50), ("PageUp", 100), ("PageDown", 50)):
        app.keyboard.press(key)
        expect(counter(app, "Step")).to_have_text(str(step))
    expect(slider).to_have_attribute("aria-valuetext", f"step 50 of {furthest}, epoch 4")

    app.keyboard.press("End")
    expect(counter(app, "Step")).to_have_text(str(furthest))
    expect(slider).to_have_attribute("aria-valuetext", f"step {furthest}, epoch {furthest // 11}")


def test_a_press_on_the_curve_goes_to_that_moment(app: Page) -> None:
    batches(app, 4)
    curve = app.get_by_role("img", name="Loss curve", exact=True)
    lines = curve.locator(".u-over").bounding_box()
    assert lines

    curve.locator(".u-over").click(position={"x": lines["width"] / 2, "y": lines["height"] / 2})

    expect(counter(app, "Step")).to_have_text("2")
    expect(moment(app)).to_have_value("2")


def test_space_goes_on_from_the_past_into_the_present(app: Page) -> None:
    play_until(app, 10)
    furthest = pause(app)
    go_to(app, 1)
    app.evaluate("document.activeElement.blur()")

    app.keyboard.press("Space")

    expect(button(app, "Pause")).to_be_visible()
    expect(app.get_by_text(re.compile("looking back|repeating"))).to_have_count(0)
    assert pause(app) > furthest
    expect(app.get_by_text("every loss is equal, bit for bit")).to_be_visible()


def test_a_rate_that_was_changed_in_the_past_still_waits_after_a_reload(app: Page) -> None:
    batches(app, 3)
    go_to(app, 2)
    number(app, "Learning rate").fill("0.003")
    expect(button(app, "Branch with the change")).to_be_visible()

    app.reload()

    expect(app.get_by_text("A branch applies the change from step 2")).to_be_visible()
    expect(number(app, "Learning rate")).to_have_value("0.003")


def test_a_finished_run_goes_on_for_more_epochs_as_a_branch(app: Page) -> None:
    number(app, "Epochs").fill("1")
    button(app, "Step epoch").click()
    expect(counter(app, "Step")).to_have_text("11")
    number(app, "Epochs").fill("2")
    expect(app.get_by_text("a branch from here")).to_be_visible()

    button(app, "Branch with the change").click()
    expect(app.get_by_text("training, before", exact=True)).to_be_visible()
    button(app, "Step epoch").click()

    expect(counter(app, "Step")).to_have_text("22")


def test_a_change_in_the_past_becomes_a_branch_and_the_run_stays_as_it_was(app: Page) -> None:
    losses = batches(app, 4)
    go_to(app, 2)
    number(app, "Learning rate").fill("0.003")
    expect(app.get_by_text("A branch applies the change from step 2")).to_be_visible()
    button(app, "Step batch").click()
    expect(counter(app, "Training loss")).to_have_text(losses[2])
    go_to(app, 2)

    button(app, "Branch with the change").press("Enter")

    expect(app.get_by_text("changed since this run began")).to_have_count(0)
    expect(button(app, "Play")).to_be_focused()
    expect(app.get_by_text("training, before", exact=True)).to_be_visible()
    expect(counter(app, "Step")).to_have_text("2")
    expect(app.get_by_text("Step 2: the present")).to_be_visible()
    expect(moment(app)).to_have_count(0)
    button(app, "Branch here").press("Enter")
    expect(app.get_by_text("Run 3 began at step 2 of Run 2.")).to_be_visible()
    expect(button(app, "Branch here")).to_be_focused()
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("3")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("4")
    app.get_by_role("tab", name="Runs", exact=True).click()
    below = app.get_by_role("list", name="Branches of Run 1", exact=True)
    branch = below.get_by_role("listitem", name="Run 2", exact=True)
    expect(branch.get_by_text("from step 2 of Run 1")).to_be_visible()
    expect(branch.get_by_text("Learning rate 0.03 → 0.003")).to_be_visible()
    parent = app.get_by_role("listitem", name="Run 1", exact=True)
    expect(parent.get_by_text("looking back")).to_be_visible()
