"""One sample's way through the model: chosen in a picture or by its number, and why it is right or wrong."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.ui.access import fits, serious
from tests.ui.controls import button, choose, counter, number, pause, play_until
from tests.ui.pictures import colours


def one_sample(page: Page) -> Locator:
    return page.get_by_role("region", name="One sample", exact=True)


def step_epoch(page: Page) -> None:
    button(page, "Step epoch").click()
    expect(counter(page, "Epoch")).to_have_text("1")


def test_which_sample_is_wrong_and_why_is_read_from_the_screen(app: Page) -> None:
    step_epoch(app)
    button(app, "Largest loss").click()
    worst = app.get_by_role("list", name="Samples with the largest loss", exact=True).get_by_role("button")
    expect(worst).to_have_count(8)
    expect(worst.first).to_contain_text("✗")

    worst.first.click()

    shown = one_sample(app)
    expect(shown).to_contain_text(re.compile(r"Wrong: it is class \d, and the model says class \d with \d\d"))
    expect(shown).to_contain_text(re.compile(r"−log\(0\.\d+\) = \d"))
    expect(shown).to_contain_text("Of the 5 training samples nearest to it")


def test_a_sample_is_chosen_by_its_number_and_followed_through_every_layer(app: Page) -> None:
    number(app, "Sample").fill("7")
    expect(one_sample(app)).to_contain_text("Press Play or Step batch")
    step_epoch(app)

    shown = one_sample(app)
    expect(shown).to_contain_text(re.compile(r"Place \d+ of \d+ in batch \d+ of 11 of this epoch"))
    expect(shown).to_contain_text(re.compile("of its batch's gradient norms"))
    way = app.get_by_role("list", name="Its way through the layers", exact=True)
    expect(way.get_by_role("listitem")).to_have_count(5)
    assert colours(way.get_by_role("img", name=re.compile("^Linear 1: 24 values from")).first) > 3
    before = way.get_by_role("listitem").first.inner_text()
    number(app, "Output of Linear 1").fill("5")
    expect(way.get_by_role("listitem").first).not_to_have_text(before)
    expect(way.get_by_role("listitem").first).to_contain_text(re.compile(r"·.* = "))

    shown.get_by_role("button", name="validation", exact=True).click()
    expect(shown).to_contain_text("Held out: no batch has it")


def test_a_point_pressed_in_the_plane_is_chosen(app: Page) -> None:
    step_epoch(app)
    plane = app.get_by_role("group", name="Decision boundary", exact=True).locator("canvas").first
    box = plane.bounding_box()
    assert box
    for across in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        app.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * 0.5)

    expect(one_sample(app)).to_contain_text(re.compile("(Right|Wrong): it is class"))
    expect(one_sample(app)).to_contain_text(re.compile("x₀ = .*, x₁ = "))


def test_an_image_pressed_in_the_grid_is_chosen(app: Page) -> None:
    choose(app, "Digits")
    play_until(app, 100)
    pause(app)
    images = app.get_by_role("region", name="Predictions", exact=True).get_by_role("button")
    images.nth(3).click()

    expect(images.nth(3)).to_have_attribute("aria-pressed", "true")
    expect(number(app, "Sample")).to_have_value("3")
    expect(one_sample(app)).to_contain_text(re.compile(r"(Right|Wrong): it is \d"))
    expect(one_sample(app).get_by_role("img", name=re.compile("^Conv2d 1: 512 values"))).to_be_visible()


def test_a_row_of_the_batch_is_chosen_by_its_position(app: Page) -> None:
    choose(app, "Iris")
    app.get_by_role("tab", name="Batch", exact=True).click()
    step_epoch(app)
    table = app.get_by_role("region", name="Samples of the batch, table", exact=True)
    row = table.get_by_role("button").nth(2)
    position = row.inner_text()

    row.press("Enter")

    expect(row).to_have_attribute("aria-pressed", "true")
    expect(number(app, "Sample")).to_have_value(position)
    expect(one_sample(app)).to_contain_text("Place 3 of 9 in batch 7 of 7 of this epoch.")
    expect(one_sample(app)).to_contain_text(re.compile(r"sepal length .* = \d"))


def test_axe_finds_nothing_serious_in_a_sample(phone: Page) -> None:
    step_epoch(phone)
    button(phone, "Largest loss").click()
    phone.get_by_role("list", name="Samples with the largest loss").get_by_role("button").first.click()
    expect(one_sample(phone)).to_contain_text("Wrong")

    assert serious(phone) == []
    assert fits(phone)
