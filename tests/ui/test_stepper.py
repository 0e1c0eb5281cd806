"""A step taken apart: five phases, the line of code of each, and what each has changed."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Complaints
from tests.ui.controls import button, counter, number


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Step by step", exact=True)


def take(page: Page, *phases: str) -> None:
    for phase in phases:
        button(page, phase).click()
        expect(button(page, phase)).to_have_attribute("aria-current", "step")


def test_each_phase_lights_its_line_and_shows_what_it_changed(app: Page) -> None:
    shows = {
        "zero_grad": ("optimizer.zero_grad()", ".grad = None"),
        "forward": ("output = model(x)", "32 samples went through 5 layers; out came [32, 2]"),
        "loss": ("loss = criterion(output, y)", "32 samples, one number: 0."),
        "backward": ("loss.backward()", "Every layer has its gradient"),
        "step": ("optimizer.step()", "6 parameters moved against their gradient"),
    }
    for phase, (code, said) in shows.items():
        take(app, phase)
        lit = panel(app).locator("[aria-current=step]")
        expect(lit).to_have_text(re.compile(re.escape(code)))
        expect(panel(app)).to_contain_text(said)
    expect(counter(app, "Step")).to_have_text("1")


def test_what_a_phase_changed_can_be_looked_at_again(app: Page) -> None:
    take(app, "zero_grad", "forward", "loss", "backward", "step")

    button(app, "Look at loss").click()

    written = panel(app).get_by_role("region", name="The samples with the largest loss, table")
    expect(written).to_contain_text("−log(")
    button(app, "Look at backward").click()
    gradient = re.compile(r"^Gradient of the loss for the output of Linear 1, \[32, 24\]")
    expect(panel(app).get_by_role("img", name=gradient)).to_be_visible()
    expect(button(app, "Look at backward")).to_have_attribute("aria-pressed", "true")


def test_an_update_is_explained_by_the_optimizers_own_terms(app: Page) -> None:
    button(app, "forward").click()
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")

    app.get_by_role("radio", name=re.compile("^Linear 2 weight")).check()

    expect(panel(app)).to_contain_text(re.compile(r"Linear 2 weight\[\d+, \d+\]"))
    for term in ("gradient", "exp_avg", "exp_avg_sq", "change"):
        expect(panel(app).get_by_role("term").filter(has_text=re.compile(f"^{term}$"))).to_be_visible()

    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("2")
    expect(app.get_by_role("radio", name=re.compile("^Linear 2 weight"))).to_be_checked()


def test_gradients_pile_up_where_zero_grad_is_skipped(app: Page) -> None:
    take(app, "forward", "loss", "backward", "forward", "loss", "backward")

    expect(app.get_by_role("status").filter(has_text="2 backwards piled up")).to_be_visible()
    expect(panel(app)).to_contain_text("zero_grad was not run between them")

    take(app, "zero_grad")
    expect(app.get_by_text("piled up")).to_have_count(0)


def test_a_second_backward_says_what_pytorch_says(app: Page, complaints: Complaints) -> None:
    take(app, "forward", "loss", "backward")

    button(app, "backward").click()

    refused = app.get_by_role("alert").filter(has_text="Trying to backward through the graph a second time")
    expect(refused).to_be_visible()
    complaints.allow("409")


def test_a_step_before_backward_moves_nothing_and_says_so(app: Page) -> None:
    take(app, "zero_grad", "step")

    expect(panel(app)).to_contain_text("step found no gradients, so nothing has changed")


def test_slow_motion_plays_the_phases_with_captions(app: Page) -> None:
    app.get_by_role("slider", name="Speed", exact=True).fill("0")

    button(app, "Play").click()

    for phase in ("zero_grad", "forward", "loss", "backward"):
        expect(button(app, phase)).to_have_attribute("aria-current", "step")
        expect(panel(app).locator("[aria-live=polite]")).to_contain_text(phase)
    expect(counter(app, "Step")).to_have_text("1")
    button(app, "Pause").click()
    expect(button(app, "Play")).to_be_visible()


def test_the_panel_closes_and_the_page_goes_on(app: Page) -> None:
    take(app, "forward")
    button(app, "Close step by step").click()
    expect(panel(app)).to_have_count(0)
    number(app, "Epochs").fill("1")
    button(app, "Reset").click()
    button(app, "Play").click()
    expect(counter(app, "Epoch")).to_have_text("1")
    expect(panel(app)).to_have_count(0)
