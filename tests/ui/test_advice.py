"""Advice: named where the fault is, taken with one press, dismissed and brought back, never in the way."""

import base64

from playwright.sync_api import Locator, Page, expect

from playground.data.registry import DATASETS
from playground.experiment.spec import Point
from tests.ui.access import fits, serious
from tests.ui.conftest import PHONE, Server, Visit, wait_for_app
from tests.ui.controls import add_layer, button, layers, number, row

TITLE = "Softmax 1 comes before CrossEntropyLoss"


def region(page: Page) -> Locator:
    return page.get_by_role("region", name="Advice", exact=True)


def card(page: Page, title: str) -> Locator:
    return region(page).get_by_role("article", name=title)


def play_too_fast(page: Page) -> None:
    """Trains with a learning rate that leads nowhere."""
    number(page, "Learning rate").fill("10")
    number(page, "Learning rate").press("Enter")
    button(page, "Play").click()


def test_a_fault_is_named_at_its_layer_and_its_fix_is_one_edit(app: Page) -> None:
    expect(region(app)).to_have_count(0)
    add_layer(app, "Softmax")

    expect(card(app, TITLE)).to_contain_text("applies log_softmax itself")
    expect(card(app, TITLE).get_by_role("link", name="PyTorch: CrossEntropyLoss")).to_have_attribute(
        "href", "https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html"
    )
    expect(app.get_by_role("status").filter(has_text=f"Advice: {TITLE}.")).to_have_count(1)
    assert serious(app) == []
    row(app, "Softmax 1").get_by_role("button", name="Advice on Softmax 1", exact=True).click()
    expect(card(app, TITLE)).to_be_focused()

    button(app, "Take out Softmax 1").click()
    expect(region(app)).to_have_count(0)
    assert layers(app)[-1] == "Linear 3"
    expect(button(app, "Undo")).to_be_focused()

    button(app, "Undo").click()
    expect(card(app, TITLE)).to_be_visible()
    assert layers(app)[-1] == "Softmax 1"


def test_what_is_dismissed_stays_away_until_it_is_brought_back(app: Page) -> None:
    add_layer(app, "Softmax")
    button(app, f"Dismiss {TITLE}").click()
    expect(card(app, TITLE)).to_have_count(0)
    expect(button(app, "Show 1 dismissed")).to_be_focused()
    expect(button(app, "Advice on Softmax 1")).to_have_count(0)

    app.reload()
    wait_for_app(app)
    expect(button(app, "Show 1 dismissed")).to_be_visible()
    expect(card(app, TITLE)).to_have_count(0)

    button(app, "Show 1 dismissed").press("Enter")
    expect(card(app, TITLE)).to_be_focused()


def test_a_run_that_leads_nowhere_is_told_so_and_goes_on_with_the_fix(app: Page) -> None:
    play_too_fast(app)
    app.mouse.move(5, 5)
    title = "The learning rate 10 is far too high"
    expect(card(app, title)).to_be_visible()

    card(app, title).get_by_role("button", name="Set the learning rate to 0.01", exact=True).click()

    expect(number(app, "Learning rate")).to_have_value("0.01")
    expect(card(app, title)).to_have_count(0)
    expect(button(app, "Pause")).to_be_visible()


def test_nothing_moves_while_somebody_points_at_what_lies_below(app: Page) -> None:
    number(app, "Learning rate").fill("0.000001")
    number(app, "Learning rate").press("Enter")
    inspector = app.get_by_role("tab", name="Optimizer", exact=True)
    inspector.click()
    button(app, "Play").evaluate("button => button.click()")  # the pointer stays where it is
    expect(button(app, "Pause")).to_be_visible()
    before = inspector.bounding_box()

    expect(app.get_by_role("status").filter(has_text="Advice: ")).to_have_count(1)
    expect(region(app)).to_have_count(0)
    assert inspector.bounding_box() == before

    app.mouse.move(5, 5)
    expect(region(app)).to_be_visible()
    inspector.hover()
    number(app, "Learning rate").fill("0.03")
    expect(region(app).get_by_role("button", name="No longer so", exact=True)).to_be_disabled()
    app.mouse.move(5, 5)
    expect(region(app)).to_have_count(0)


def test_advice_fits_a_phone(visit: Visit) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    add_layer(page, "Softmax")
    expect(card(page, TITLE)).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page) == []
    button(page, "Advice on this experiment").tap()
    expect(card(page, TITLE)).to_be_focused()
    expect(card(page, TITLE)).to_be_in_viewport()


def test_a_rare_class_is_weighted_and_each_weight_has_a_field_of_its_own(page: Page, server: Server) -> None:
    points = tuple(Point(x=place // 40 - 0.5, y=place / 100, label=place // 40) for place in range(48))
    preset = DATASETS["Drawn points"].preset
    data = preset.data.model_copy(update={"points": points, "validation_share": 0.0})
    text = preset.model_copy(update={"data": data}).model_dump_json()
    page.goto(f"{server.url}/#e={base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}")
    button(page, "Play").click()
    page.mouse.move(5, 5)
    button(page, "Weight each class by how rare it is").click()
    button(page, "Loss arguments").click()
    weights = page.get_by_role("group", name="weight", exact=True)
    common, rare = (weights.get_by_role("spinbutton", name=f"class {label}", exact=True) for label in (0, 1))
    expect(common).to_have_value("0.6")
    expect(rare).to_have_value("3")
    assert serious(page) == []

    rare.fill("-3")
    expect(rare).to_have_attribute("aria-invalid", "true")
    expect(weights).to_contain_text("each at least 0")
    rare.fill("4.5")
    expect(weights).not_to_contain_text("each at least 0")
    expect(common).to_have_value("0.6")
    weights.get_by_role("button", name="Clear weight", exact=True).click()
    expect(rare).to_have_value("")

    page.set_viewport_size({"width": 390, "height": 900})
    assert fits(page)
