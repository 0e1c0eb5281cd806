"""The Runs workspace: the runs of a session as a tree, side by side, and races."""

from playwright.sync_api import Locator, Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import Complaints
from tests.ui.controls import button, counter, go_to, number, pause, play_until


def runs(page: Page) -> None:
    page.get_by_role("tab", name="Runs", exact=True).click()


def listed(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Runs", exact=True).get_by_role("listitem", name=name, exact=True)


def race(page: Page, subject: str) -> Locator:
    """Opens the dialog and says what differs."""
    button(page, "Race").click()
    dialog = page.get_by_role("dialog", name="Race", exact=True)
    dialog.get_by_role("button", name=subject, exact=True).click()
    return dialog


def test_without_a_run_the_workspace_says_how_to_get_one(app: Page) -> None:
    runs(app)
    expect(app.get_by_text("There is no run yet.")).to_be_visible()


def test_a_run_is_opened_in_model_and_undo_leads_back_to_the_experiment_before(app: Page) -> None:
    play_until(app, 10)
    pause(app)
    go_to(app, 5)
    button(app, "Branch here").click()
    expect(app.get_by_text("training, before", exact=True)).to_be_visible()
    number(app, "Learning rate").fill("0.5")
    runs(app)

    listed(app, "Run 1").get_by_role("button", name="Open Run 1 in Model", exact=True).click()

    expect(app.get_by_role("tab", name="Model", exact=True)).to_have_attribute("aria-selected", "true")
    expect(number(app, "Learning rate")).to_have_value("0.03")
    expect(counter(app, "Step")).to_have_text("5")
    expect(button(app, "Back to the present")).to_be_visible()
    button(app, "Undo").click()
    expect(number(app, "Learning rate")).to_have_value("0.5")


def test_an_opened_run_keeps_the_rate_that_was_set_by_hand(app: Page) -> None:
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")
    number(app, "Learning rate").fill("0.5")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("2")
    button(app, "Branch here").click()
    expect(app.get_by_text("training, before", exact=True)).to_be_visible()
    number(app, "Learning rate").fill("0.03")
    runs(app)

    listed(app, "Run 1").get_by_role("button", name="Open Run 1 in Model", exact=True).click()

    expect(number(app, "Learning rate")).to_have_value("0.5")
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("3")
    expect(number(app, "Learning rate")).to_have_value("0.5")


def test_a_run_plays_pauses_and_ends_from_the_list(app: Page) -> None:
    button(app, "Step batch").click()
    expect(counter(app, "Step")).to_have_text("1")
    runs(app)

    button(app, "Play Run 1").click()
    button(app, "Pause Run 1").click()
    expect(button(app, "Play Run 1")).to_be_visible()
    expect(listed(app, "Run 1").get_by_text("step 1 ·")).to_have_count(0)
    button(app, "Stop Run 1").click()

    expect(listed(app, "Run 1").get_by_text("stopped", exact=True)).to_be_visible()
    expect(button(app, "Stop Run 1")).to_have_count(0)


def test_a_race_starts_its_lanes_together_and_says_what_each_spent(app: Page) -> None:
    number(app, "Epochs").fill("3")
    runs(app)
    dialog = race(app, "Optimizer")
    dialog.get_by_role("combobox", name="Optimizer of lane 2", exact=True).select_option("SGD")
    button(app, "Remove lane 3").click()
    dialog.get_by_role("button", name="Start race", exact=True).click()
    expect(dialog).to_have_count(0)

    racing = listed(app, "Race 1")
    for name in ("Run 1", "Run 2"):
        item = racing.get_by_role("listitem", name=name, exact=True)
        expect(item.get_by_text("finished", exact=True)).to_be_visible()
        expect(item.get_by_text("step 33 · epoch 3 of 3")).to_be_visible()
    expect(racing.get_by_text("Optimizer Adam → SGD")).to_be_visible()
    table = app.get_by_role("region", name="Runs side by side, table", exact=True)
    cells = {row.get_by_role("rowheader").inner_text(): row for row in table.get_by_role("row").all()[1:]}
    expect(cells["Optimizer"].get_by_role("cell")).to_have_text(["Adam", "SGD"])
    expect(cells["Steps"].get_by_role("cell")).to_have_text(["33", "33"])
    expect(cells["Samples seen"].get_by_role("cell")).to_have_text(["1,050", "1,050"])
    expect(app.get_by_role("img", name="Loss curves of the runs", exact=True)).to_be_visible()


def test_why_a_race_cannot_start_stands_in_its_dialog(app: Page, complaints: Complaints) -> None:
    full = "6 runs of this session are going, which is the most: stop one of them first."
    problem = {"where": "", "message": full, "fix": None, "severity": "error"}
    app.route("**/api/races", lambda route: route.fulfill(status=429, json={"problems": [problem]}))
    runs(app)
    dialog = race(app, "Activation")

    dialog.get_by_role("button", name="Start race", exact=True).click()

    expect(dialog.get_by_role("alert")).to_have_text(full)
    complaints.allow("429")


def test_the_tree_the_race_and_the_time_line_are_for_everyone(phone: Page) -> None:
    play_until(phone, 10)
    pause(phone)
    go_to(phone, 5)
    number(phone, "Learning rate").fill("0.003")
    expect(button(phone, "Branch with the change")).to_be_visible()
    assert serious(phone) == []
    assert fits(phone)
    button(phone, "Branch with the change").click()
    runs(phone)
    expect(listed(phone, "Run 2").get_by_text("Learning rate 0.03 → 0.003")).to_be_visible()
    assert serious(phone) == []
    assert fits(phone)
    race(phone, "Width")
    assert serious(phone) == []
