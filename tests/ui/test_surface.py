"""The loss surface: drawn around the weights of the moment, read out by pointer and by keyboard."""

import re

from playwright.sync_api import Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import PHONE, Complaints, Visit
from tests.ui.controls import button, pause, play_until
from tests.ui.pictures import chart, colours


def draw(page: Page) -> None:
    page.get_by_role("tab", name="Surface").click()
    button(page, "Draw the surface").click()
    expect(chart(page, "Loss surface")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Surface").get_by_role("status")).not_to_contain_text("…")


def test_the_surface_is_drawn_and_a_place_on_it_read_out(app: Page) -> None:
    play_until(app, 100)
    stood = pause(app)
    draw(app)
    panel = app.get_by_role("tabpanel", name="Surface")
    expect(panel).to_contain_text(f"Around step {stood:,}")
    assert colours(chart(app, "Loss surface")) > 12

    place = app.get_by_role("slider", name="Place along direction 1")
    own = place.get_attribute("aria-valuetext")
    place.press("End")
    expect(place).not_to_have_attribute("aria-valuetext", own or "")
    expect(place).to_have_attribute("aria-valuetext", re.compile(r"^1, loss "))

    chart(app, "Loss surface").click(position={"x": 90, "y": 60})
    expect(place).not_to_have_attribute("aria-valuetext", re.compile(r"^1, "))


def test_the_path_that_a_run_took_spans_a_surface_of_its_own(app: Page) -> None:
    play_until(app, 1000)
    pause(app)
    draw(app)
    button(app, "along the path").click()
    expect(app.get_by_role("tabpanel", name="Surface")).to_contain_text("of its variance")
    button(app, "Table of Loss surface").click()
    rows = app.get_by_role("table", name="Loss surface").get_by_role("row")
    assert rows.count() > 5
    expect(rows.nth(1).get_by_role("rowheader")).to_have_text("0")


def test_without_a_path_it_says_so_and_offers_the_other_way(app: Page, complaints: Complaints) -> None:
    button(app, "Step batch").click()
    draw(app)
    button(app, "along the path").click()
    expect(app.get_by_role("tabpanel", name="Surface")).to_contain_text("take random directions")
    complaints.allow("409")


def test_on_a_phone_and_in_the_dark_it_fits(visit: Visit) -> None:
    page = visit(viewport=PHONE, color_scheme="dark")
    play_until(page, 10)
    draw(page)
    assert fits(page)
    assert serious(page) == []
