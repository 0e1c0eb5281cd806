"""The learning rate finder: asked from the bar, explained by a picture, taken with one press."""

import re

from playwright.sync_api import Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import PHONE, Visit
from tests.ui.controls import button, counter, number, play_until


def test_a_rate_is_found_explained_and_set(app: Page) -> None:
    play_until(app, 10)
    button(app, "Find learning rate").click()
    dialog = app.get_by_role("dialog", name="Find learning rate")
    expect(dialog.get_by_role("img", name="Loss by learning rate")).to_be_visible()
    expect(dialog.get_by_role("status")).to_contain_text("lowest near")

    take = dialog.get_by_role("button", name=re.compile("^Set the learning rate to "))
    rate = take.inner_text().rpartition(" ")[2]
    take.click()

    expect(dialog).to_have_count(0)
    assert float(number(app, "Learning rate").input_value()) == float(rate)
    expect(counter(app, "Step")).not_to_have_text("0")


def test_on_a_phone_the_dialog_fits_and_has_its_table(visit: Visit) -> None:
    page = visit(viewport=PHONE, color_scheme="dark")
    button(page, "Find learning rate").click()
    button(page, "Table of Loss by learning rate").click()
    expect(page.get_by_role("table", name="Loss by learning rate").get_by_role("row")).to_have_count(41)
    assert fits(page)
    assert serious(page) == []
