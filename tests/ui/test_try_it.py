"""The model of this moment, asked: under the cursor, for a row, for a drawn digit."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.ui.controls import button, choose, play_until
from tests.ui.pictures import hover_at


def try_it(page: Page) -> Locator:
    return page.get_by_role("group", name="Try it", exact=True)


def shares(answer: Locator) -> list[float]:
    """The probabilities that are shown, in per cent."""
    texts = answer.get_by_role("listitem").all_inner_texts()
    return [float(re.search(r"([\d.]+) %", text).group(1)) for text in texts]  # type: ignore[union-attr]


def test_without_a_run_it_says_what_is_missing(app: Page) -> None:
    expect(try_it(app)).to_contain_text("Press Play")


def test_the_cursor_on_the_plane_reads_the_model(app: Page) -> None:
    play_until(app, 10)

    hover_at(app, app.get_by_role("img", name=re.compile("^Decision boundary: ")), 0.3, 0.3)

    answer = app.get_by_role("group", name="Decision boundary", exact=True).locator("ol")
    expect(answer).to_be_visible()
    assert abs(sum(shares(answer)) - 100) < 0.3


def test_a_row_is_answered_anew_when_a_field_changes(app: Page) -> None:
    choose(app, "Iris")
    play_until(app, 100)
    button(app, "Pause").click()
    fields = try_it(app).get_by_role("spinbutton")
    expect(fields).to_have_count(4)
    expect(try_it(app).get_by_role("listitem")).to_have_count(3)
    before = try_it(app).get_by_role("list").inner_text()

    fields.nth(2).fill("40")

    expect(try_it(app).get_by_role("list")).not_to_have_text(before, use_inner_text=True)
    assert abs(sum(shares(try_it(app))) - 100) < 0.3


def test_what_was_typed_is_asked_of_the_next_run_too(app: Page) -> None:
    choose(app, "Linear regression")
    play_until(app, 100)
    try_it(app).get_by_role("spinbutton").fill("100")
    expect(try_it(app)).to_contain_text(re.compile(r"y\s*(19|20|21)\d"))

    button(app, "Reset").click()

    expect(try_it(app)).not_to_contain_text(re.compile(r"y\s*(19|20|21)\d"))
    expect(try_it(app).get_by_role("spinbutton")).to_have_value("100")
    play_until(app, 100)
    expect(try_it(app)).to_contain_text(re.compile(r"y\s*(19|20|21)\d"))


def test_a_digit_is_drawn_by_mouse(app: Page) -> None:
    choose(app, "Digits")
    play_until(app, 100)
    pad = app.get_by_role("application", name="Drawing pad", exact=True)

    hover_at(app, pad, 0.5, 0.15)
    app.mouse.down()
    hover_at(app, pad, 0.5, 0.85)
    app.mouse.up()

    expect(try_it(app).get_by_role("listitem")).to_have_count(10)
    expect(try_it(app).get_by_role("status")).to_contain_text(re.compile(r"(1\d|2\d) cells inked"))
    button(app, "Clear").click()
    expect(try_it(app).get_by_role("listitem")).to_have_count(0)


def test_a_digit_is_drawn_by_keyboard_and_answered_once_the_run_has_time(app: Page) -> None:
    choose(app, "Digits")
    play_until(app, 10)
    button(app, "Pause").click()
    busy = {"problems": [{"where": "", "message": "The run is busy.", "fix": None, "severity": "error"}]}
    app.route("**/api/runs/*/predict", lambda route: route.fulfill(status=503, json=busy), times=2)

    app.get_by_role("application", name="Drawing pad", exact=True).focus()
    for key in ("ArrowRight", "ArrowDown", "Space", "ArrowDown", "Space"):
        app.keyboard.press(key)

    expect(try_it(app).get_by_role("status")).to_contain_text("row 3, column 2")
    expect(try_it(app).get_by_role("listitem")).to_have_count(10)
    expect(button(app, "Play")).to_be_visible()
