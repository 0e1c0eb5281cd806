"""The network as a drawing: units with their pictures, edges with their weights, and hands on both."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import PHONE, Visit
from tests.ui.controls import add_layer, button, choose, counter, go_to, number
from tests.ui.pictures import colours


def drawing(page: Page) -> Locator:
    return page.get_by_role("group", name="Network drawing", exact=True)


def open_drawing(page: Page) -> None:
    button(page, "drawing").click()
    button(page, "Step batch").click()
    expect(counter(page, "Step")).to_have_text("1")
    expect(button(page, "Linear 1, unit 0")).to_be_enabled()


def test_every_unit_has_a_picture_and_is_reached_by_arrows(app: Page) -> None:
    button(app, "drawing").click()
    expect(app.get_by_text("then every unit stands here with its own picture")).to_be_visible()
    open_drawing(app)
    assert colours(drawing(app).locator("canvas")) > 50

    button(app, "Linear 1, unit 0").focus()
    app.keyboard.press("ArrowDown")
    expect(button(app, "Linear 1, unit 1")).to_be_focused()
    app.keyboard.press("ArrowRight")
    app.keyboard.press("Home")
    expect(button(app, "Linear 2, unit 0")).to_be_focused()

    said = app.get_by_text(re.compile(r"^Linear 2, unit 0 \(after Tanh 2\): up to ±.*, bias"))
    expect(said).to_be_visible()
    expect(counter(app, "Step")).to_have_text("1")


def test_a_unit_is_muted_and_its_weight_set_and_the_script_says_so(app: Page) -> None:
    open_drawing(app)
    button(app, "Linear 1, unit 3").press("Enter")
    button(app, "Mute Linear 1, unit 3").click()
    expect(button(app, "Mute Linear 1, unit 3")).to_have_attribute("aria-pressed", "true")
    button(app, "2 weights in").click()
    number(app, "weight[3, 1]").fill("1.25")
    expect(app.get_by_text("Changed by hand: 1 number set and 1 unit muted.")).to_be_visible()
    app.keyboard.press("Escape")
    expect(button(app, "Linear 1, unit 3, muted")).to_be_focused()

    button(app, "Table of edges").click()
    table = app.get_by_role("region", name="Weights of Linear 1, table", exact=True)
    third = table.get_by_role("row").filter(has=app.get_by_role("rowheader", name="3", exact=True))
    expect(third).to_contain_text("1.25")

    button(app, "Export").click()
    app.get_by_role("menuitem", name="PyTorch script", exact=True).click()
    expect(app.get_by_role("dialog")).to_contain_text("mute(")


def test_a_moment_before_it_says_nothing_of_what_was_changed_later(app: Page) -> None:
    open_drawing(app)
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("2")
    button(app, "Linear 1, unit 3").press("Enter")
    button(app, "Mute Linear 1, unit 3").click()
    number(app, "bias[3]").fill("0.5")
    changed = app.get_by_text("Changed by hand: 1 number set and 1 unit muted.")
    expect(changed).to_be_visible()
    app.keyboard.press("Escape")

    go_to(app, 1)
    expect(app.get_by_text("Changed by hand")).to_have_count(0)
    expect(button(app, "Linear 1, unit 3")).to_be_visible()

    button(app, "Back to the present").click()
    expect(changed).to_be_visible()
    expect(button(app, "Linear 1, unit 3, muted")).to_be_visible()


def test_an_edge_is_read_under_the_cursor_and_set_by_a_press(app: Page) -> None:
    open_drawing(app)
    start, end = (button(app, f"Linear {n}, unit 0").bounding_box() for n in (1, 2))
    assert start and end
    app.mouse.move((start["x"] + start["width"] + end["x"]) / 2, end["y"] + end["height"] / 2)
    said = app.get_by_text(re.compile("^Linear 1, unit 0 → Linear 2, unit 0: weight .*, gradient"))
    expect(said).to_be_visible()

    app.mouse.down()
    app.mouse.up()
    number(app, "weight[0, 0]").fill("-2")
    number(app, "weight[0, 0]").press("Enter")

    expect(app.get_by_text("Changed by hand: 1 number set.")).to_be_visible()
    expect(app.get_by_role("dialog", name=re.compile("weight −2"))).to_be_visible()


def test_a_finger_need_not_meet_an_edge_exactly(visit: Visit) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    open_drawing(page)
    first = button(page, "Linear 1, unit 0")
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    assert box

    page.touchscreen.tap(box["x"] - box["width"], box["y"] + box["height"])  # 15 pixels beside its edge

    expect(page.get_by_role("dialog", name=re.compile("→ Linear 1, unit 0: weight"))).to_be_visible()


def test_what_cannot_be_drawn_says_why(app: Page) -> None:
    button(app, "drawing").click()
    add_layer(app, "LayerNorm")
    expect(app.get_by_text("LayerNorm does not keep units apart")).to_be_visible()

    choose(app, "Digits")
    expect(button(app, "drawing")).to_have_count(0)


def test_axe_finds_nothing_serious_in_the_drawing(phone: Page) -> None:
    open_drawing(phone)
    button(phone, "Table of edges").click()
    button(phone, "Linear 1, unit 3").click()
    button(phone, "Mute Linear 1, unit 3").click()
    expect(phone.get_by_text("Changed by hand: 1 unit muted.")).to_be_visible()

    assert serious(phone) == []
    assert fits(phone)
