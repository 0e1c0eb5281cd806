"""Inside training: the loader, the optimizer, schedules, modes and the gradient check."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.ui.access import serious
from tests.ui.conftest import Server, Visit, wait_for_app
from tests.ui.controls import add_layer, button, choose, counter, number, pause, play_until, row
from tests.ui.pictures import chart, colours


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()



def test_why_the_last_batch_is_shorter_is_said_before_and_at_it(app: Page) -> None:
    data = app.get_by_role("region", name="Data", exact=True)
    expect(data).to_contain_text("350 = 10 × 32 + 30: the last batch is shorter, it has the 30 that are left")
    tab(app, "Batch")
    for _ in range(11):
        button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("11")

    shown = app.get_by_role("region", name="Inspector", exact=True)
    expect(shown).to_contain_text("11 of 11")
    expect(shown).to_contain_text("30 ▾ shorter")
    expect(shown).to_contain_text("321–350 of 350")
    expect(shown).to_contain_text("RandomSampler: another order for every epoch")
    assert colours(app.get_by_role("img", name=re.compile("^Data set of 350 samples, RandomSampler"))) > 3

    app.get_by_role("checkbox", name="drop_last", exact=True).check()
    expect(data).to_contain_text("drop_last leaves those 30 out of each epoch")


def test_the_batch_of_images_is_a_grid(app: Page) -> None:
    choose(app, "Digits")
    tab(app, "Batch")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")

    images = app.get_by_role("list", name="Images of the batch", exact=True)
    expect(images.get_by_role("listitem").first).to_be_visible()
    assert colours(images.locator("canvas").first) > 2


def test_the_optimizer_tab_judges_the_ratio_of_every_layer(app: Page) -> None:
    tab(app, "Optimizer")
    play_until(app, 10)
    pause(app)

    ratios = app.get_by_role("table", name="Update-to-weight ratio of each layer", exact=True)
    for layer in ("Linear 1", "Linear 2", "Linear 3"):
        named = ratios.get_by_role("row").filter(has=app.get_by_role("rowheader", name=layer, exact=True))
        expect(named).to_contain_text(re.compile("healthy|low|high"))
    state = app.get_by_role("region", name="State of the optimizer, table", exact=True)
    expect(state.get_by_role("columnheader", name="‖exp_avg_sq‖")).to_be_visible()


def test_a_schedule_is_drawn_before_training_and_marked_during_it(app: Page) -> None:
    app.get_by_role("combobox", name="Schedule", exact=True).select_option("StepLR")
    planned = app.get_by_role("img", name=re.compile("^Learning rate, planned: from 0.03 to"))
    expect(planned).to_be_visible()
    assert colours(planned) > 1

    button(app, "Schedule arguments").click()
    number(app, "step_size").fill("1")
    app.keyboard.press("Escape")
    button(app, "Step epoch").click()

    expect(counter(app, "Epoch")).to_have_text("1")
    marked = app.get_by_role("img", name=re.compile("^Learning rate, planned: .*now 3e-3 at step 11"))
    expect(marked).to_be_visible()


def test_train_and_eval_differ_where_units_are_dropped(app: Page) -> None:
    tab(app, "Modes")
    add_layer(app, "Dropout")
    row(app, "Dropout 1").get_by_role("button", name="Move Dropout 1 up", exact=True).click()
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")

    shown = app.get_by_role("region", name="Inspector", exact=True)
    expect(shown).to_contain_text(re.compile(r"train\(\) and eval\(\) differ by up to \d"))
    mask = shown.get_by_role("img", name=re.compile("^Mask of Dropout 1: .* of its units kept"))
    expect(mask).to_be_visible()
    expect(shown).to_contain_text("grad_fn=None")


def test_the_gradient_check_names_the_worst_element_of_each_parameter(app: Page) -> None:
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")

    button(app, "Check gradients").click()

    table = app.get_by_role("table", name=re.compile("^Gradient check"))
    expect(table.get_by_role("row")).to_have_count(7)
    first = table.get_by_role("row").nth(1)
    expect(first).to_contain_text(re.compile(r"✓ pass.*weight\[\d+, \d+\]", re.DOTALL))
    expect(app.get_by_role("status").filter(has_text="All agree")).to_be_visible()


def test_the_current_batch_is_lit_in_the_scatter_while_it_stands(app: Page) -> None:
    expect(app.get_by_text("current batch")).to_have_count(0)

    button(app, "Step batch").click()

    expect(app.get_by_text("large, strong rim: current batch")).to_be_visible()


def test_a_vanished_gradient_is_named_on_its_card(app: Page) -> None:
    choose(app, "XOR")
    for _ in range(7):
        add_layer(app, "Sigmoid")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")

    finding = row(app, "Linear 1").get_by_role("button", name=re.compile("gradient vanishes"))
    finding.focus()
    app.keyboard.press("Enter")
    expect(finding).to_have_attribute("aria-expanded", "true")
    expect(row(app, "Linear 1")).to_contain_text("less than a thousandth of what it is in a later layer")
    tab(app, "Gradients")
    shown = app.get_by_role("region", name="Inspector", exact=True)
    expect(shown).to_contain_text("The gradient vanishes in Linear 1")
    expect(chart(app, "Gradient norms")).to_be_visible()


def test_only_what_is_on_the_screen_is_asked_for(page: Page, server: Server) -> None:
    asked: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: asked.append(str(frame)) if '"watch"' in str(frame) else None)

    page.on("websocket", listen)
    page.goto(server.url)
    wait_for_app(page)
    button(page, "Step batch").click()
    expect(counter(page, "Step")).to_have_text("1")

    tab(page, "Optimizer")
    expect(page.get_by_role("table", name="Update-to-weight ratio of each layer")).to_be_visible()
    assert '"optimizer"' in asked[-1]
    tab(page, "Modes")
    expect(page.get_by_text("No layer of this network works differently")).to_be_visible()
    assert '"modes"' in asked[-1] and '"optimizer"' not in asked[-1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_inside(
    visit: Visit, scheme: Literal["light", "dark"]
) -> None:
    size = {"width": 1440, "height": 1200}
    # Half faded in, a picture's words have no contrast yet.
    page = visit(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    page.get_by_role("combobox", name="Schedule", exact=True).select_option("CosineAnnealingLR")
    broken: list[str] = []
    for phase, name in (("loss", "Batch"), ("backward", "Optimizer"), ("step", "Modes")):
        tab(page, name)
        if phase == "loss":
            button(page, "forward").click()
        button(page, phase).click()
        expect(button(page, phase)).to_have_attribute("aria-current", "step")
        broken += serious(page)

    assert broken == []
