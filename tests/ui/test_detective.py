"""A run that breaks calls the NaN detective: who did it, of what, what led there, and the ways out."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.access import fits, serious
from tests.ui.controls import at_least, button, choose, counter, number, row


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="NaN detective", exact=True)


def ruined(page: Page, dataset: str = "Linear regression", rate: str = "1000") -> Locator:
    """A run with a learning rate that nothing stands, and what is found of it."""
    choose(page, dataset)
    page.get_by_role("combobox", name="Optimizer", exact=True).select_option("SGD")
    number(page, "Learning rate").fill(rate)
    button(page, "Play").click()
    expect(card(page).get_by_text("Ways out")).to_be_visible()
    return card(page)


def test_the_first_number_that_is_not_finite_is_named_with_its_arithmetic_and_its_inputs(app: Page) -> None:
    found = ruined(app)

    expect(found.get_by_role("alert")).to_have_text("Step 7, loss: MSELoss made the first inf")
    expect(found.get_by_text(re.compile(r"^\(.*\)² = inf$"))).to_be_visible()
    expect(found.get_by_text("F.mse_loss(input, target)")).to_be_visible()
    expect(found.get_by_role("table", name=re.compile("^Input input, around input"))).to_be_visible()
    calls = found.get_by_role("region", name="Calls of step 7")
    expect(calls.get_by_role("row").last).to_contain_text("⚠ MSELoss")
    expect(found.get_by_role("region", name="Steps before").get_by_role("row")).to_have_count(7)


def test_a_way_out_is_one_press_and_a_branch_that_goes_well(app: Page) -> None:
    found = ruined(app)

    found.get_by_role("button", name="Set the learning rate to 0.1", exact=True).click()

    expect(card(app)).to_have_count(0)
    expect(number(app, "Learning rate")).to_have_value("0.1")
    expect(counter(app, "Step")).to_have_text(at_least(20))
    assert float(counter(app, "Training loss").inner_text()) < 1


def test_a_way_out_back_to_the_rate_it_began_with_is_what_the_branch_trains_with(app: Page) -> None:
    choose(app, "Linear regression")
    app.get_by_role("combobox", name="Optimizer", exact=True).select_option("SGD")
    number(app, "Learning rate").fill("0.1")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")
    number(app, "Learning rate").fill("1000")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("2")
    button(app, "Play").click()

    expect(card(app)).to_contain_text("from the last good state, after step 2")
    card(app).get_by_role("button", name="Set the learning rate to 0.1", exact=True).click()

    expect(card(app)).to_have_count(0)
    expect(counter(app, "Step")).to_have_text(at_least(100))
    expect(number(app, "Learning rate")).to_have_value("0.1")
    expect(counter(app, "Training loss")).to_have_text(re.compile(r"^0\.|e-"))


def test_the_layer_is_marked_and_the_last_good_state_takes_the_finding_away(app: Page) -> None:
    found = ruined(app, "Moons", "1000000")
    expect(found.get_by_role("alert")).to_have_text("Step 3, forward: Linear 3 made the first −inf")
    mark = row(app, "Linear 3").get_by_role("button", name="first −inf in step 3")
    mark.click()
    expect(row(app, "Linear 3")).to_contain_text("Step 3, forward: Linear 3 made the first −inf.")

    button(app, "Back to the last good state").click()

    expect(card(app)).to_have_count(0)
    expect(mark).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_what_was_found_can_be_read_by_everyone(app: Page, width: int) -> None:
    app.set_viewport_size({"width": width, "height": 900})
    found = ruined(app, "Moons", "1000000")
    expect(found.get_by_role("table", name=re.compile("^Input weight"))).to_be_attached()

    assert serious(app) == []
    assert fits(app)
