"""The controls of the page by their accessible names, as a person would say them."""

import re

from playwright.sync_api import Locator, Page, expect


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def number(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=name, exact=True)


def counter(page: Page, name: str) -> Locator:
    return page.get_by_role("status", name=name, exact=True)


def dataset(page: Page, name: str) -> Locator:
    return page.get_by_role("radio", name=name, exact=True)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Layers", exact=True).get_by_role("listitem", name=name, exact=True)


def layers(page: Page) -> list[str]:
    """The names of the rows, first to last."""
    items = page.get_by_role("list", name="Layers", exact=True).get_by_role("listitem").all()
    return [item.get_attribute("aria-label") or "" for item in items]


def steps(page: Page) -> int:
    return int(counter(page, "Step").inner_text())


def loss(page: Page) -> float:
    return float(counter(page, "Training loss").inner_text().replace("−", "-"))


def choose(page: Page, name: str) -> None:
    """Chooses a data set as a person does: by a press on its card."""
    page.locator("label").filter(has=dataset(page, name)).click()
    expect(dataset(page, name)).to_be_checked()


def add_layer(page: Page, type: str) -> None:
    button(page, "Add layer").click()
    page.get_by_role("dialog").get_by_role("button", name=type, exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def play_until(page: Page, step: int) -> None:
    button(page, "Play").click()
    expect(counter(page, "Step")).to_have_text(at_least(step))


def pause(page: Page) -> int:
    """Pauses, and answers the step at which the run came to stand."""
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    seen = -1
    while seen != steps(page):
        seen = steps(page)
        page.wait_for_timeout(700)
    return seen


def moment(page: Page) -> Locator:
    """The slider under the loss curve."""
    return page.get_by_role("slider", name="Moment", exact=True)


def go_to(page: Page, step: int) -> None:
    """Looks at the run as it was after that many steps."""
    moment(page).fill(str(step))
    expect(counter(page, "Step")).to_have_text(str(step))


def at_least(digits: int) -> re.Pattern[str]:
    """A whole number with at least as many digits: 10 matches 10, 99, 1234."""
    return re.compile(rf"^\s*\d{{{len(str(digits))},}}\s*$")
