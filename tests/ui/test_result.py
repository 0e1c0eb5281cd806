"""What the model does with its data, in pictures: and drawing data of one's own."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.controls import button, choose, dataset, number, play_until
from tests.ui.pictures import chart, colours, hover_at


def boundary(page: Page) -> Locator:
    return page.get_by_role("group", name="Decision boundary", exact=True)


def surface(page: Page) -> Locator:
    return page.get_by_role("img", name=re.compile("^Decision boundary: "))


def test_points_stand_there_before_the_first_step_and_the_boundary_after_it(app: Page) -> None:
    expect(surface(app)).to_have_attribute("aria-label", re.compile("350 training and 150 validation points"))
    assert colours(surface(app)) == 0

    play_until(app, 10)

    assert colours(surface(app)) > 50


def test_classes_are_told_apart_by_shape_and_the_split_by_filling(app: Page) -> None:
    expect(boundary(app).get_by_text("class 0")).to_be_visible()
    expect(boundary(app).get_by_text("filled: training")).to_be_visible()
    expect(boundary(app).get_by_text("ring: validation")).to_be_visible()
    marks = boundary(app).locator("svg path")
    assert len(set(marks.evaluate_all("paths => paths.map(path => path.getAttribute('d'))"))) == 2


def test_the_first_point_drawn_starts_a_set_of_its_own_and_undo_brings_the_other_back(app: Page) -> None:
    button(app, "Draw points").click()
    app.get_by_role("radio", name="class 1", exact=True).check()

    hover_at(app, surface(app), 0.5, 0.5)
    app.mouse.down()
    app.mouse.up()

    expect(dataset(app, "Drawn points")).to_be_checked()
    expect(surface(app)).to_have_attribute("aria-label", re.compile("^Decision boundary: 1 training"))
    app.keyboard.press("Control+z")
    expect(dataset(app, "Spiral")).to_be_checked()


def test_a_click_draws_nothing_unless_it_was_asked_to(app: Page) -> None:
    hover_at(app, surface(app), 0.5, 0.5)
    app.mouse.down()
    app.mouse.up()

    expect(dataset(app, "Spiral")).to_be_checked()


def test_points_can_be_drawn_and_removed_by_keyboard(app: Page) -> None:
    choose(app, "Drawn points")
    button(app, "Table of points").click()
    rows = app.get_by_role("region", name="Drawn points", exact=True).get_by_role("rowheader")
    expect(rows).not_to_have_count(0)
    before = rows.count()

    number(app, "x").first.fill("0.25")
    number(app, "y").first.fill("-0.5")
    app.get_by_role("combobox", name="class", exact=True).select_option("2")
    button(app, "Add point").press("Enter")

    expect(rows).to_have_count(before + 1)
    expect(boundary(app).get_by_text("class 2", exact=True)).to_be_visible()
    button(app, f"Remove point {before + 1}").click()
    expect(rows).to_have_count(before)


def test_drawn_points_are_cleared_at_once_and_undo_brings_them_back(app: Page) -> None:
    choose(app, "Drawn points")
    button(app, "Table of points").click()
    rows = app.get_by_role("region", name="Drawn points", exact=True).get_by_role("rowheader")
    expect(rows).not_to_have_count(0)
    before = rows.count()

    button(app, "Clear points").click()
    expect(rows).to_have_count(0)
    expect(button(app, "Clear points")).to_be_disabled()

    button(app, "Clear points").blur()
    app.keyboard.press("Control+z")
    expect(rows).to_have_count(before)


def test_the_fit_of_a_line_says_slope_and_intercept(app: Page) -> None:
    choose(app, "Linear regression")
    assert colours(chart(app, "Fit")) > 0

    play_until(app, 100)

    expect(app.get_by_text(re.compile(r"^slope [\d.−]+, intercept [\d.−]+$"))).to_be_visible()


def test_a_surface_is_drawn_for_a_regression_on_the_plane(app: Page) -> None:
    choose(app, "Plane")
    play_until(app, 10)

    assert colours(app.get_by_role("img", name=re.compile("^Prediction surface: "))) > 50


def test_digits_are_shown_with_what_the_model_takes_them_for(app: Page) -> None:
    choose(app, "Digits")
    play_until(app, 100)

    items = app.get_by_role("region", name="Predictions", exact=True).get_by_role("listitem")
    expect(items).not_to_have_count(0)
    words = items.locator(".visually-hidden").all_inner_texts()
    assert all(re.match(r"^\d, [\d.]+ % sure: (right|wrong, it is \d)$", text) for text in words), words
    assert all(("✓" in text) or ("✗" in text) for text in items.all_inner_texts())
    assert colours(items.first.locator("canvas")) > 2


@pytest.mark.parametrize(("name", "classes"), [("Iris", 3), ("Digits", 10), ("Gaussians", 2)])
def test_the_confusion_matrix_counts_every_validation_sample(app: Page, name: str, classes: int) -> None:
    choose(app, name)
    play_until(app, 10)

    expect(chart(app, "Confusion matrix")).to_be_visible()
    button(app, "Table of Confusion matrix").click()
    table = app.get_by_role("region", name="Confusion matrix, table", exact=True)
    expect(table.get_by_role("rowheader")).to_have_count(classes)
    expect(table.get_by_role("columnheader")).to_have_count(classes + 1)


def test_predictions_of_a_table_stand_against_the_truth(app: Page) -> None:
    choose(app, "Diabetes")
    play_until(app, 10)

    assert colours(chart(app, "Predicted against true")) > 2
    button(app, "Table of Predicted against true").click()
    table = app.get_by_role("region", name="Predicted against true, table", exact=True)
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads == ["sample", "true", "predicted", "difference"]
