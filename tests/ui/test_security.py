"""What a stranger's file or another page can do to an open playground: nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Server, wait_for_app
from tests.ui.controls import button, choose, play_until

MARKUP = "<img src=x onerror=document.title='hacked'>"
HOSTILE = f'"{MARKUP}","width""\'); import os #",kind\n' + "".join(
    f"{i},{i % 5},{'<script>document.title=1</script>' if i % 2 else 'b'}\n" for i in range(40)
)


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>elsewhere</title>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another program's page on this machine: same host, another port, so the same cookies."""
    with ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{other.server_port}"
        other.shutdown()


def test_a_csv_of_markup_is_shown_as_text_and_trained_on(app: Page) -> None:
    choose(app, "CSV")
    with app.expect_file_chooser() as chooser:
        button(app, "Choose a CSV").click()
    name = "<b onmouseover=alert(1)>.csv"
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": HOSTILE.encode()})

    expect(app.get_by_role("table", name=f"Columns of {name}")).to_contain_text(MARKUP)
    expect(button(app, "Play")).to_be_enabled()
    play_until(app, 10)
    assert app.locator("img[src=x], b[onmouseover]").count() == 0
    assert app.title() == "Model Playground"


def test_another_page_cannot_read_anything(page: Page, server: Server, elsewhere: str) -> None:
    page.goto(server.url)
    wait_for_app(page)
    page.goto(elsewhere)
    read = "url => fetch(url, {credentials: 'include'}).then(() => 'read', () => 'refused')"
    assert page.evaluate(read, f"{server.url}/api/catalog") == "refused"


def test_another_page_cannot_open_the_socket(page: Page, server: Server, elsewhere: str) -> None:
    page.goto(server.url)
    wait_for_app(page)
    page.goto(elsewhere)
    dial = """url => new Promise((resolve) => {
        const socket = new WebSocket(url);
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("refused");
    })"""
    address = server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    assert page.evaluate(dial, address) == "refused"
    page.goto(server.url)
    assert page.evaluate(dial, address) == "open"


def test_another_page_cannot_frame_the_playground(page: Page, server: Server, elsewhere: str) -> None:
    page.goto(elsewhere)
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.evaluate(
            "url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f) }",
            server.url,
        )


def test_a_link_from_another_page_keeps_the_session(page: Page, server: Server, elsewhere: str) -> None:
    """A strict cookie does not come along on such a click, and a new session would lose the runs."""
    page.goto(server.url)
    wait_for_app(page)
    before = page.context.cookies()
    page.goto(elsewhere.replace("127.0.0.1", "localhost"))
    page.evaluate("url => { location.href = url }", server.url)
    wait_for_app(page)
    assert page.context.cookies() == before
