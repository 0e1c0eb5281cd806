"""The dock under the network: what each layer does, while one run stands paused for all of these tests."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import Server, visiting
from tests.ui.controls import button, choose, play_until
from tests.ui.pictures import chart, colours


@pytest.fixture(scope="module")
def paused(browser: Browser, server: Server) -> Iterator[Page]:
    """A run of the Spiral after at least a hundred steps. Tests look at it and change nothing but the tab."""
    with visiting(browser, server, viewport={"width": 1440, "height": 900}) as page:
        play_until(page, 100)
        button(page, "Pause").click()
        expect(button(page, "Play")).to_be_visible()
        yield page


@pytest.mark.parametrize(
    ("tab", "names"),
    [
        ("Gradients", ["Gradient norms"]),
        ("Weights", ["Weight norms", "Update-to-weight ratio"]),
        ("Metrics", ["Accuracy"]),
    ],
)
def test_each_layer_has_its_curves(paused: Page, tab: str, names: list[str]) -> None:
    paused.get_by_role("tab", name=tab, exact=True).click()

    for name in names:
        expect(chart(paused, name)).to_be_visible()
        figure = paused.locator("figure", has=chart(paused, name))
        expect(figure.locator("figcaption")).to_have_text(re.compile(r" at step \d+"))


@pytest.mark.parametrize(("tab", "what"), [("Gradients", "gradients"), ("Weights", "weights")])
def test_each_layer_has_its_histogram(paused: Page, tab: str, what: str) -> None:
    paused.get_by_role("tab", name=tab, exact=True).click()

    for layer in ("Linear 1", "Linear 2", "Linear 3"):
        histogram = paused.get_by_role("img", name=re.compile(rf"^{layer} {what}: [\d,]+ values from"))
        assert colours(histogram) > 0


def test_activations_are_shown_with_their_range(paused: Page) -> None:
    paused.get_by_role("tab", name="Activations", exact=True).click()

    strip = paused.get_by_role("img", name=re.compile(r"^Activations of Tanh 1: 4 samples × 24 units, from "))
    assert colours(strip) > 4


def test_the_tabs_are_walked_with_arrow_keys(paused: Page) -> None:
    paused.get_by_role("tab", name="Gradients", exact=True).click()

    paused.keyboard.press("ArrowRight")
    expect(paused.get_by_role("tab", name="Weights", exact=True)).to_be_focused()
    paused.keyboard.press("End")
    expect(paused.get_by_role("tab", name="Code", exact=True)).to_have_attribute("aria-selected", "true")


def test_the_batch_tab_shows_the_samples_the_last_step_used(paused: Page) -> None:
    paused.get_by_role("tab", name="Batch", exact=True).click()

    table = paused.get_by_role("region", name="Samples of the batch, table", exact=True)
    assert table.get_by_role("columnheader").all_inner_texts() == ["position", "x₀", "x₁", "class"]
    assert table.get_by_role("rowheader").count() in (32, 30)


def test_the_code_tab_holds_the_code_of_every_part(paused: Page) -> None:
    paused.get_by_role("tab", name="Code", exact=True).click()

    expect(paused.get_by_role("region", name="Model code", exact=True)).to_contain_text("nn.Linear(2, 24)")
    expect(paused.get_by_role("region", name="Optimizer code", exact=True)).to_contain_text("Adam(")


def test_a_regression_has_r2_in_place_of_accuracy(app: Page) -> None:
    choose(app, "Linear regression")
    play_until(app, 10)

    app.get_by_role("tab", name="Metrics", exact=True).click()

    expect(chart(app, "R²")).to_be_visible()
    expect(chart(app, "Accuracy")).to_have_count(0)
