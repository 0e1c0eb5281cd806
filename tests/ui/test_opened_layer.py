"""A layer opened from its card: its formula with numbers, its outputs over time, its weights and maps."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.ui.access import fits, serious
from tests.ui.controls import button, choose, counter, pause, play_until, row
from tests.ui.pictures import colours


def opened(page: Page, layer: str) -> Locator:
    button(page, f"Open {layer}").click()
    return page.get_by_role("dialog", name=layer, exact=True)


def test_a_layer_shows_its_formula_its_outputs_over_time_and_its_weights(app: Page) -> None:
    play_until(app, 100)
    layer = opened(app, "Linear 2")
    expect(layer).to_contain_text("nn.Linear(24, 24)")
    expect(layer).to_contain_text("What it makes of training sample 0")
    expect(layer).to_contain_text("y[0] = Σᵢ weight[0, i] · x[i] + bias[0]")
    layer.get_by_role("spinbutton", name="Output of Linear 2", exact=True).fill("3")
    expect(layer).to_contain_text("y[3] = Σᵢ weight[3, i] · x[i] + bias[3]")

    assert colours(layer.get_by_role("img", name="Outputs of Linear 2 over time", exact=True)) > 5
    button(app, "Table of Outputs of Linear 2 over time").click()
    expect(layer.get_by_role("row").nth(2)).to_be_visible()
    assert colours(layer.get_by_role("img", name=re.compile("^Weights of Linear 2"))) > 50

    app.keyboard.press("Escape")
    expect(layer).to_have_count(0)
    expect(button(app, "Open Linear 2")).to_be_focused()


def test_filters_and_maps_are_images_on_a_scale_of_the_layer_or_of_all(app: Page) -> None:
    choose(app, "Digits")
    play_until(app, 10)
    pause(app)
    layer = opened(app, "Conv2d 1")
    filters = layer.get_by_role("list", name="Filters of Conv2d 1", exact=True).get_by_role("img")
    expect(filters).to_have_count(8)
    maps = layer.get_by_role("list", name="Maps of training sample 0 of Conv2d 1", exact=True)
    expect(maps.get_by_role("img")).to_have_count(8)
    assert colours(filters.first) > 4

    scales = layer.get_by_role("group", name="Colour scale of Filters", exact=True)
    scales.get_by_role("button", name="all layers", exact=True).click()

    whole = scales.get_by_role("button", name="all layers", exact=True)
    expect(whole).to_have_attribute("aria-pressed", "true")
    assert colours(filters.first) > 4


def test_a_layer_that_is_muted_cannot_be_opened(app: Page) -> None:
    row(app, "Tanh 1").hover()
    button(app, "Mute Tanh 1").click()
    expect(button(app, "Open Tanh 1")).to_be_disabled()


def test_axe_finds_nothing_serious_in_an_opened_layer(phone: Page) -> None:
    button(phone, "Step epoch").click()
    expect(counter(phone, "Epoch")).to_have_text("1")
    layer = opened(phone, "Linear 1")
    expect(layer.get_by_role("img", name=re.compile("^Weights of Linear 1"))).to_be_visible()

    assert serious(phone) == []
    assert fits(phone)
