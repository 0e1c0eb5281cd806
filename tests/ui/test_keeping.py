"""What a person built is kept: over reloads, in links, in files, and when the server goes."""

import json
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import Complaints, Server, wait_for_app
from tests.ui.controls import (
    add_layer,
    button,
    choose,
    counter,
    layers,
    number,
    pause,
    play_until,
    row,
    steps,
)
from tests.ui.tensors import card, open_tensors, write


def test_a_reload_keeps_the_experiment(app: Page) -> None:
    choose(app, "Moons")
    add_layer(app, "Dropout")
    number(app, "Batch size").fill("17")
    number(app, "Batch size").blur()
    edited = layers(app)

    app.reload()
    wait_for_app(app)

    assert layers(app) == edited
    expect(number(app, "Batch size")).to_have_value("17")
    expect(app.get_by_role("radio", name="Moons", exact=True)).to_be_checked()


def test_a_reload_goes_on_watching_the_run(app: Page) -> None:
    play_until(app, 100)
    before = pause(app)

    app.reload()

    expect(counter(app, "Step")).to_have_text(str(before))
    expect(app.get_by_role("img", name="Loss curve")).to_be_visible()


def test_a_link_opens_the_same_experiment_elsewhere(app: Page, browser: Browser) -> None:
    add_layer(app, "Dropout")
    row(app, "Dropout 1").get_by_role("spinbutton", name="p", exact=True).fill("0.25")
    row(app, "Dropout 1").get_by_role("spinbutton", name="p", exact=True).blur()
    app.wait_for_timeout(300)
    elsewhere = browser.new_context()
    page = elsewhere.new_page()

    page.goto(app.url)
    wait_for_app(page)

    assert layers(page) == layers(app)
    expect(row(page, "Dropout 1").get_by_role("spinbutton", name="p", exact=True)).to_have_value("0.25")
    elsewhere.close()


def test_copy_link_says_that_it_did(app: Page) -> None:
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button(app, "Copy link").click()

    expect(app.get_by_text("Link copied")).to_be_visible()
    assert app.evaluate("navigator.clipboard.readText()") == app.url


def test_a_damaged_link_opens_the_playground_and_says_so(
    page: Page, server: Server, complaints: Complaints
) -> None:
    page.goto(f"{server.url}/#e=damaged")
    wait_for_app(page)

    expect(page.get_by_text("The link is damaged: its experiment cannot be read.")).to_be_visible()
    assert layers(page)[0] == "Linear 1"


def test_an_experiment_is_opened_from_its_file(app: Page, tmp_path: Path) -> None:
    described = app.evaluate("JSON.parse(localStorage.getItem('playground.experiment'))")
    described["training"]["epochs"] = 7
    file = tmp_path / "seven epochs.json"
    file.write_text(json.dumps(described), encoding="utf-8")

    with app.expect_file_chooser() as chooser:
        button(app, "Open").click()
    chooser.value.set_files(file)

    expect(number(app, "Epochs")).to_have_value("7")
    button(app, "Undo").click()
    expect(number(app, "Epochs")).not_to_have_value("7")


def test_a_file_of_something_else_is_refused_in_words(app: Page, tmp_path: Path) -> None:
    file = tmp_path / "shopping.json"
    file.write_text('["milk"]', encoding="utf-8")

    with app.expect_file_chooser() as chooser:
        button(app, "Open").click()
    chooser.value.set_files(file)

    expect(app.get_by_text("shopping.json was not opened")).to_be_visible()
    assert layers(app)[0] == "Linear 1"


def test_when_the_server_dies_the_page_says_so_and_keeps_everything(page: Page) -> None:
    server = Server("--port", "0")
    page.goto(server.url)
    wait_for_app(page)
    add_layer(page, "Softmax")
    button(page, "Undo").click()
    open_tensors(page)
    expect(card(page, "x")).to_be_visible()
    page.get_by_role("tab", name="Model", exact=True).click()
    play_until(page, 10)

    server.kill()

    expect(page.get_by_text("The server does not answer. Your experiment")).to_be_visible(timeout=40_000)
    button(page, "Step batch").click()
    said = page.get_by_role("region", name="Training bar", exact=True).get_by_role("alert")
    expect(said.filter(has_text="The server does not answer.")).to_be_visible()
    assert layers(page)[0] == "Linear 1"
    assert steps(page) >= 10
    open_tensors(page)
    write(page, "again = torch.ones(2)")
    problems = page.get_by_role("status", name="Problems", exact=True)
    expect(problems).to_contain_text("The server does not answer.")
    page.get_by_role("tab", name="Runs", exact=True).click()  # for the first time
    expect(page.get_by_role("alert").filter(has_text="The server does not answer.").first).to_be_visible()

    port = server.url.rsplit(":", 1)[1]
    again = Server("--port", port)
    try:
        expect(page.get_by_text("The server does not answer.")).to_have_count(0, timeout=15_000)
        open_tensors(page)
        expect(card(page, "again")).to_be_visible()
        page.get_by_role("tab", name="Model", exact=True).click()
        expect(page.get_by_text("The server was restarted")).to_be_visible()
        assert steps(page) >= 10
        expect(button(page, "Play")).to_be_enabled()
    finally:
        again.stop()
