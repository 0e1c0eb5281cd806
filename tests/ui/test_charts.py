"""Curves: they grow, answer the cursor, change their scale, and can be read without eyes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.ui.controls import button, play_until
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
