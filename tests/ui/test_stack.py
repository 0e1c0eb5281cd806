"""Editing the stack: by fields, buttons, drag, undo and redo."""

import re

from playwright.sync_api import Page, expect

from tests.ui.controls import add_layer, button, layers, row

SPIRAL = ["Linear 1", "Tanh 1", "Linear 2", "Tanh 2", "Linear 3"]


def test_rows_show_what_python_says_about_them(app: Page) -> None:
    assert layers(app) == SPIRAL
    expect(row(app, "Linear 1")).to_contain_text("24 × 2 + 24 = 72")
    expect(row(app, "Linear 1")).to_contain_text("[32, 24]")


def test_a_width_is_edited_in_its_row_and_followed_by_the_next(app: Page) -> None:
    row(app, "Linear 1").get_by_role("spinbutton", name="out_features", exact=True).fill("7")

    expect(row(app, "Linear 1")).to_contain_text("7 × 2 + 7 = 21")
    expect(row(app, "Linear 2")).to_contain_text("7 →")


def test_a_number_of_many_digits_is_shown_whole(app: Page) -> None:
    width = row(app, "Linear 1").get_by_role("spinbutton", name="out_features", exact=True)
    before = width.evaluate("field => field.clientWidth")

    width.fill("1234567")

    assert width.evaluate("field => field.clientWidth") > before
    assert width.evaluate("field => field.scrollWidth <= field.clientWidth")


def test_a_layer_is_found_in_the_palette_and_added(app: Page) -> None:
    button(app, "Add layer").click()
    search = app.get_by_role("searchbox", name="Search layers")
    expect(search).to_be_focused()
    search.fill("relu")
    search.press("Enter")

    expect(row(app, "ReLU 1")).to_be_visible()
    assert layers(app)[-1] == "ReLU 1"


def test_a_row_moves_by_buttons_and_keeps_the_focus(app: Page) -> None:
    move = button(app, "Move Tanh 1 up")
    move.focus()
    move.press("Enter")

    expect(button(app, "Move Tanh 1 up")).to_be_focused()
    assert layers(app) == ["Tanh 1", "Linear 1", "Linear 2", "Tanh 2", "Linear 3"]

    button(app, "Move Tanh 1 down").press("Enter")
    assert layers(app) == SPIRAL


def test_the_first_row_does_not_move_up(app: Page) -> None:
    expect(button(app, "Move Linear 1 up")).to_have_attribute("aria-disabled", "true")
    button(app, "Move Linear 1 up").press("Enter")
    assert layers(app) == SPIRAL


def test_a_row_is_dragged_by_its_grip(app: Page) -> None:
    grip = row(app, "Tanh 1").get_by_label("Drag Tanh 1").bounding_box()
    goal = row(app, "Linear 1").bounding_box()
    assert grip and goal
    app.mouse.move(grip["x"] + 5, grip["y"] + 10)
    app.mouse.down()
    for share in (0.3, 0.6, 0.9, 1.0):
        app.mouse.move(grip["x"] + 5, grip["y"] + share * (goal["y"] - grip["y"]), steps=4)
        app.wait_for_timeout(80)
    app.mouse.up()

    expect(button(app, "Undo")).to_be_enabled()
    assert layers(app)[0] == "Tanh 1"


def test_a_row_is_dragged_by_keyboard_and_the_list_goes_on_following_the_experiment(app: Page) -> None:
    before = layers(app)
    app.get_by_label("Drag Linear 1", exact=True).focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        app.keyboard.press(key)

    assert layers(app)[0] == "Tanh 1"
    expect(app.get_by_label("Drag Linear 1", exact=True)).to_be_focused()
    button(app, "Undo").press("Enter")
    first = app.get_by_role("list", name="Layers", exact=True).get_by_role("listitem").first
    expect(first).to_have_attribute("aria-label", "Linear 1")
    assert layers(app) == before


def test_a_muted_layer_is_absent_and_comes_back(app: Page) -> None:
    button(app, "Mute Tanh 1").press("Enter")

    expect(button(app, "Mute Tanh 1")).to_have_attribute("aria-pressed", "true")
    expect(row(app, "Tanh 1")).not_to_contain_text("[32, 24]")
    button(app, "Mute Tanh 1").press("Enter")
    expect(row(app, "Tanh 1")).to_contain_text("[32, 24]")


def test_removing_can_be_undone_and_redone(app: Page) -> None:
    button(app, "Remove Tanh 1").press("Enter")
    expect(row(app, "Tanh 2")).to_have_count(0)
    assert layers(app) == ["Linear 1", "Linear 2", "Tanh 1", "Linear 3"]

    button(app, "Undo").click()
    expect(row(app, "Tanh 2")).to_be_visible()
    assert layers(app) == SPIRAL

    button(app, "Redo").click()
    expect(row(app, "Tanh 2")).to_have_count(0)


def test_removing_the_focused_row_leaves_the_focus_near(app: Page) -> None:
    button(app, "Remove Linear 1").press("Enter")
    expect(button(app, "Remove Tanh 1")).to_be_focused()


def test_an_impossible_stack_says_why_on_the_layer_and_at_play(app: Page) -> None:
    add_layer(app, "Conv2d")

    expect(row(app, "Conv2d 1")).to_contain_text("input of shape (32, 2)")
    play = button(app, "Play")
    expect(play).to_be_disabled()
    expect(play).to_have_accessible_description(re.compile("Play is not possible: .*Conv2d"))

    button(app, "Undo").click()
    expect(play).to_be_enabled()


def test_a_number_out_of_bounds_is_kept_and_answered_at_its_field(app: Page) -> None:
    add_layer(app, "Dropout")
    field = row(app, "Dropout 1").get_by_role("spinbutton", name="p", exact=True)

    field.fill("3")

    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(r"\b1\b"))
    expect(field).to_have_value("3")
    expect(button(app, "Play")).to_be_disabled()


def test_an_empty_stack_says_what_to_do(app: Page) -> None:
    for name in ("Linear 3", "Tanh 2", "Linear 2", "Tanh 1", "Linear 1"):
        button(app, f"Remove {name}").press("Enter")

    expect(app.get_by_text("No layers yet")).to_be_visible()
    expect(button(app, "Add layer")).to_be_focused()
