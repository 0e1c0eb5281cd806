"""Curves: they grow, answer the cursor, change their scale, and can be read without eyes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.ui.controls import button, choose, play_until
from tests.ui.pictures import chart, colours, hover_at


@pytest.fixture
def played(app: Page) -> Page:
    """A run that was paused after at least a hundred steps."""
    play_until(app, 100)
    button(app, "Pause").click()
    expect(button(app, "Play")).to_be_visible()
    return app


def test_the_loss_curve_appears_while_the_run_goes_on(app: Page) -> None:
    canvas = chart(app, "Loss curve").locator("canvas")
    before = colours(canvas)

    play_until(app, 100)

    assert colours(canvas) > before


def test_the_cursor_reads_the_step_and_each_line_out(played: Page) -> None:
    hover_at(played, chart(played, "Loss curve"), across=0.5, down=0.5)

    expect(played.get_by_text(re.compile(r"^step \d+$"))).to_be_visible()
    hover_at(played, button(played, "Reset"), across=0.5, down=0.5)
    expect(played.get_by_text(re.compile(r"^step \d+$"))).to_have_count(0)


def test_the_log_switch_redraws_the_curve(played: Page) -> None:
    switch = button(played, "Log scale of Loss curve")
    expect(switch).to_have_attribute("aria-pressed", "false")
    linear = chart(played, "Loss curve").screenshot()

    switch.click()

    expect(switch).to_have_attribute("aria-pressed", "true")
    assert chart(played, "Loss curve").screenshot() != linear


def test_a_curve_has_its_numbers_in_a_table(played: Page) -> None:
    button(played, "Table of Loss curve").click()

    table = played.get_by_role("region", name="Loss curve, table", exact=True)
    assert table.get_by_role("columnheader").all_inner_texts() == ["step", "training", "validation"]
    assert 10 <= table.get_by_role("rowheader").count() <= 50
    button(played, "Table of Loss curve").click()
    expect(table).to_have_count(0)


def test_a_curve_says_in_words_where_it_stands(played: Page) -> None:
    said = played.locator("figure", has=chart(played, "Loss curve")).locator("figcaption")

    expect(said).to_have_text(re.compile(r"training [\d.e-]+ at step \d+, lowest .*; validation .*\.$"))


def test_a_chart_follows_the_theme(played: Page) -> None:
    light = chart(played, "Loss curve").screenshot()

    played.emulate_media(color_scheme="dark")
    played.wait_for_timeout(300)

    assert chart(played, "Loss curve").screenshot() != light


@pytest.mark.parametrize(
    ("tab", "names"),
    [
        ("Gradients", ["Gradient norms"]),
        ("Weights", ["Weight norms", "Update-to-weight ratio"]),
        ("Metrics", ["Accuracy"]),
    ],
)
def test_each_layer_has_its_curves(played: Page, tab: str, names: list[str]) -> None:
    played.get_by_role("tab", name=tab, exact=True).click()

    for name in names:
        expect(chart(played, name)).to_be_visible()
        figure = played.locator("figure", has=chart(played, name))
        expect(figure.locator("figcaption")).to_have_text(re.compile(r" at step \d+"))


@pytest.mark.parametrize(("tab", "what"), [("Gradients", "gradients"), ("Weights", "weights")])
def test_each_layer_has_its_histogram(played: Page, tab: str, what: str) -> None:
    played.get_by_role("tab", name=tab, exact=True).click()

    for layer in ("Linear 1", "Linear 2", "Linear 3"):
        histogram = played.get_by_role("img", name=re.compile(rf"^{layer} {what}: [\d,]+ values from"))
        assert colours(histogram) > 0


def test_activations_are_shown_with_their_range(played: Page) -> None:
    played.get_by_role("tab", name="Activations", exact=True).click()

    strip = played.get_by_role("img", name=re.compile(r"^Activations of Tanh 1: 4 samples × 16 units, from "))
    assert colours(strip) > 4


def test_the_tabs_are_walked_with_arrow_keys(played: Page) -> None:
    played.get_by_role("tab", name="Gradients", exact=True).focus()

    played.keyboard.press("ArrowRight")
    expect(played.get_by_role("tab", name="Weights", exact=True)).to_be_focused()
    played.keyboard.press("End")
    expect(played.get_by_role("tab", name="Code", exact=True)).to_have_attribute("aria-selected", "true")


def test_the_batch_tab_shows_the_samples_the_last_step_used(played: Page) -> None:
    played.get_by_role("tab", name="Batch", exact=True).click()

    table = played.get_by_role("region", name="Samples of the batch, table", exact=True)
    assert table.get_by_role("columnheader").all_inner_texts() == ["position", "x₀", "x₁", "class"]
    assert table.get_by_role("rowheader").count() in (32, 30)


def test_the_code_tab_holds_the_code_of_every_part(app: Page) -> None:
    app.get_by_role("tab", name="Code", exact=True).click()

    expect(app.get_by_role("region", name="Model code", exact=True)).to_contain_text("nn.Linear(2, 16)")
    expect(app.get_by_role("region", name="Optimizer code", exact=True)).to_contain_text("Adam(")


def test_a_regression_has_r2_in_place_of_accuracy(app: Page) -> None:
    choose(app, "Linear regression")
    play_until(app, 10)

    app.get_by_role("tab", name="Metrics", exact=True).click()

    expect(chart(app, "R²")).to_be_visible()
    expect(chart(app, "Accuracy")).to_have_count(0)
