"""The page by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.controls import at_least, button, counter, layers, number


@pytest.fixture
def body(app: Page) -> Page:
    """The page with the focus on nothing."""
    app.evaluate("document.activeElement.blur()")
    return app


def test_space_plays_and_pauses(body: Page) -> None:
    body.keyboard.press("Space")
    expect(button(body, "Pause")).to_be_visible()
    body.keyboard.press("Space")
    expect(button(body, "Play")).to_be_visible()


def test_right_steps_a_batch_and_e_an_epoch(body: Page) -> None:
    body.keyboard.press("ArrowRight")
    expect(counter(body, "Step")).to_have_text("1")
    body.keyboard.press("e")
    expect(counter(body, "Epoch")).to_have_text("1")
    body.keyboard.press("r")
    expect(counter(body, "Step")).to_have_text("0")


def test_ctrl_z_undoes_the_last_edit(body: Page) -> None:
    before = layers(body)
    button(body, "Remove Tanh 1").press("Enter")
    body.evaluate("document.activeElement.blur()")

    body.keyboard.press("Control+z")

    expect(body.get_by_role("listitem", name="Tanh 2", exact=True)).to_be_visible()
    assert layers(body) == before


def test_keys_belong_to_the_field_that_is_written_in(app: Page) -> None:
    number(app, "Samples").focus()
    app.keyboard.press("ArrowRight")
    app.keyboard.press("e")
    app.keyboard.press("r")
    app.wait_for_timeout(300)

    expect(counter(app, "Step")).to_have_text("0")
    expect(button(app, "Play")).to_be_visible()


def test_space_on_a_button_presses_that_button_only(app: Page) -> None:
    button(app, "Mute Tanh 1").focus()
    app.keyboard.press("Space")

    expect(button(app, "Mute Tanh 1")).to_have_attribute("aria-pressed", "true")
    expect(button(app, "Play")).to_be_visible()


def test_a_row_is_dragged_by_keys(app: Page) -> None:
    before = layers(app)
    button(app, "Drag Tanh 1").press("Enter")
    app.keyboard.press("ArrowUp")
    app.keyboard.press("Space")

    first = app.get_by_role("list", name="Layers", exact=True).get_by_role("listitem").first
    expect(first).to_have_accessible_name("Tanh 1")
    assert sorted(layers(app)) == sorted(before)
    expect(button(app, "Play")).to_be_visible()


def test_help_opens_with_a_key_and_switches_the_keys_off(body: Page) -> None:
    body.keyboard.press("?")
    dialog = body.get_by_role("dialog", name="Help", exact=True)
    dialog.get_by_role("checkbox", name="Keyboard shortcuts").uncheck()
    body.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    body.evaluate("document.activeElement.blur()")

    body.keyboard.press("ArrowRight")
    body.wait_for_timeout(300)

    expect(counter(body, "Step")).to_have_text("0")


def test_tab_reaches_every_control_in_the_order_of_the_page(app: Page) -> None:
    app.get_by_role("tab", name="Model", exact=True).focus()
    reached: list[str] = []
    for _ in range(90):
        app.keyboard.press("Tab")
        focused = "(e => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent)"
        reached.append(app.evaluate(f"{focused}(document.activeElement)").strip())
    wanted = [
        *("Export", "Play", "Step batch", "zero_grad", "Optimizer", "Learning rate", "Speed", "Load preset"),
        *("Spiral", "Samples", "Batch size", "out_features", "Move Linear 1 down", "Add layer"),
    ]
    places = [reached.index(name) for name in wanted]
    assert places == sorted(places)


def test_the_arrow_keys_turn_the_tabs(app: Page) -> None:
    model, tensors = (app.get_by_role("tab", name=name, exact=True) for name in ("Model", "Tensors"))
    model.focus()
    app.keyboard.press("ArrowRight")

    expect(tensors).to_be_focused()
    expect(tensors).to_have_attribute("aria-selected", "true")
    app.keyboard.press("ArrowLeft")
    expect(model).to_have_attribute("aria-selected", "true")
    expect(counter(app, "Step")).to_have_text("0")


def test_play_by_keyboard_shows_a_falling_loss(app: Page) -> None:
    button(app, "Play").press("Enter")
    expect(counter(app, "Step")).to_have_text(at_least(10))
