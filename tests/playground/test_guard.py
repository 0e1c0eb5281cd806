"""Who gets past the guard: every host, origin, method, cookie and token that may try."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from playground.app import create_app
from playground.services import Services
from playground.settings import Settings
from tests.playground.conftest import page_client

TOKEN = "a token that nobody guesses"
OPEN = {("GET", "/")}


def open_app(services: Services, **settings: object) -> Flask:
    return create_app(Settings(**settings), services)


def routes(app: Flask) -> list[tuple[str, str]]:
    """Every method and address of the app, each variable filled with something."""
    found = []
    for rule in app.url_map.iter_rules():
        address = rule.rule
        for name in rule.arguments:
            address = address.replace(f"<{name}>", "x").replace(f"<path:{name}>", "x")
        found += [(method, address) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


# every route, also one that is added tomorrow


def test_every_route_refuses_a_stranger(app: Flask) -> None:
    for method, address in routes(app):
        if (method, address) not in OPEN:
            answer = app.test_client().open(address, method=method, headers={"Origin": "http://localhost"})
            assert answer.status_code == 401, (method, address)
            assert answer.json["problems"][0]["message"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_polling_refuses_a_stranger(app: Flask, method: str) -> None:
    answer = app.test_client().open("/socket.io/?EIO=4&transport=polling", method=method)
    assert answer.status_code == 401


def test_polling_is_not_spoken_with_a_known_page_either(client: FlaskClient) -> None:
    assert client.get("/socket.io/?EIO=4&transport=polling").status_code == 400


# hosts


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8420", "[::1]:8420", "LOCALHOST:1"])
def test_loopback_names_are_answered(app: Flask, host: str) -> None:
    assert app.test_client().get("/", headers={"Host": host}).status_code != 403


@pytest.mark.parametrize(
    "host",
    ["evil.com", "evil.com:8420", "127.0.0.1.evil.com", "localhost.evil.com", "10.0.0.1", "", "a b", "[::2]",
     "localhost:x", "localhost,evil.com", "user@localhost"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/catalog", "/socket.io/?EIO=4&transport=websocket"])
def test_foreign_hosts_are_refused_on_every_path(app: Flask, host: str, path: str) -> None:
    answer = app.test_client().get(path, headers={"Host": host, "Origin": f"http://{host}"})
    assert answer.status_code == 403


def test_a_host_that_was_allowed_is_answered(services: Services) -> None:
    app = open_app(services, allowed_hosts=("lab.example",))
    assert app.test_client().get("/", headers={"Host": "lab.example:8420"}).status_code != 403


@pytest.mark.parametrize("host", ["192.168.0.7:8420", "[2001:db8::1]:8420"])
def test_a_server_on_all_addresses_answers_to_addresses_not_names(services: Services, host: str) -> None:
    client = open_app(services, host="0.0.0.0", token=TOKEN).test_client()
    assert client.get("/", headers={"Host": host}).status_code == 401
    assert client.get("/", headers={"Host": "evil.com"}).status_code == 403


def test_forwarded_headers_change_nothing(client: FlaskClient) -> None:
    spoof = {"X-Forwarded-Host": "evil.com", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.com"}
    refused = client.post("/api/nothing", headers={**spoof, "Origin": "http://evil.com"})
    passed = client.post("/api/nothing", headers={**spoof, "Origin": "http://localhost"})
    assert (refused.status_code, passed.status_code) == (403, 404)


# sessions


def test_the_page_sets_a_strict_cookie_named_with_the_port(app: Flask) -> None:
    answer = app.test_client().get("/", base_url="http://127.0.0.1:8123")
    cookie = answer.headers.getlist("Set-Cookie")[0]
    assert cookie.startswith("playground-8123=")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie


def test_loading_the_page_again_keeps_the_session(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/").headers


def test_a_link_from_another_site_does_not_take_the_session_away(client: FlaskClient) -> None:
    """A browser leaves the strict cookie out on such a click, and sends the lax one."""
    client.delete_cookie("playground-80")
    assert "Set-Cookie" not in client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).headers
    assert client.get("/api/nothing").status_code == 401


def test_a_session_ends_with_the_server(client: FlaskClient, services: Services) -> None:
    cookie = client.get_cookie("playground-80")
    later = open_app(services).test_client()
    later.set_cookie("playground-80", cookie.value)
    assert later.get("/api/nothing").status_code == 401


@pytest.mark.parametrize("forged", ["", "x", "Im1lIg", "Im1lIg.", "Im1lIg.xxxx", "é", "a" * 3_000])
def test_a_forged_cookie_is_no_session(app: Flask, forged: str) -> None:
    client = app.test_client()
    client.set_cookie("playground-80", forged)
    assert client.get("/api/nothing").status_code == 401


# the token


@pytest.fixture
def shared(services: Services) -> Flask:
    return open_app(services, host="0.0.0.0", token=TOKEN)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "lab.example"])
def test_other_hosts_need_a_token(host: str) -> None:
    with pytest.raises(ValueError, match="a token is needed"):
        Settings(host=host)


def test_a_short_token_is_refused() -> None:
    with pytest.raises(ValueError, match="3 characters: at least 16"):
        Settings(token="abc")


def test_the_token_is_not_shown_by_the_settings() -> None:
    assert TOKEN not in repr(Settings(token=TOKEN))


def test_without_the_token_there_is_no_page(shared: Flask) -> None:
    answer = shared.test_client().get("/")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_the_token_becomes_a_cookie_and_leaves_the_address(shared: Flask) -> None:
    client = shared.test_client()
    answer = client.get("/", query_string={"token": TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert client.get("/api/nothing").status_code == 404


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "é"])
def test_a_wrong_token_is_refused(shared: Flask, token: str) -> None:
    client = shared.test_client()
    assert client.get("/", query_string={"token": token}).status_code == 401
    assert client.get("/api/nothing", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_token_is_taken_at_the_page_only(shared: Flask) -> None:
    assert shared.test_client().get("/api/catalog", query_string={"token": TOKEN}).status_code == 401


def test_a_program_sends_the_token_as_bearer_and_needs_no_origin(shared: Flask) -> None:
    answer = shared.test_client().post("/api/nothing", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 404


def test_bearer_is_no_way_in_where_no_token_was_set(app: Flask) -> None:
    for value in ("Bearer", "Bearer ", "Bearer None", "Bearer null"):
        assert app.test_client().get("/api/nothing", headers={"Authorization": value}).status_code == 401


# what changes state comes from our own page


UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "ANYTHING"]


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.com"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://localhost.evil.com"},
        {"Origin": "ftp://localhost"},
        {"Origin": ""},
        {"Origin": "http://localhost,http://evil.com"},
        {"Origin": "http://evil.com,http://localhost"},
        {"Origin": "http://evil.com", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "anything"},
    ],
)
def test_other_pages_change_nothing(app: Flask, method: str, headers: dict[str, str]) -> None:
    client = app.test_client()
    client.get("/")
    assert client.open("/api/nothing", method=method, headers=headers).status_code == 403


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "https://localhost"},
     {"Origin": "http://localhost,http://localhost"}],
)  # fmt: skip
def test_our_own_page_may(app: Flask, method: str, headers: dict[str, str]) -> None:
    client = app.test_client()
    client.get("/")
    assert client.open("/api/nothing", method=method, headers=headers).status_code in (404, 405)


# sizes, before a byte is read


def test_a_body_beyond_every_route_is_refused_by_its_length(client: FlaskClient) -> None:
    answer = client.post("/api/nothing", environ_overrides={"CONTENT_LENGTH": "50000000"})
    assert answer.status_code == 413
    assert "20,000,000" in answer.json["problems"][0]["message"]


@pytest.mark.parametrize(("length", "status"), [("-1", 400), ("1e3", 400), ("٣", 400), ("9" * 5000, 413)])
def test_a_length_that_is_none_is_refused(app: Flask, length: str, status: int) -> None:
    client = page_client(app)
    assert client.post("/api/nothing", environ_overrides={"CONTENT_LENGTH": length}).status_code == status


def test_a_body_without_a_length_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/nothing", headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411


# headers


@pytest.mark.parametrize("path", ["/", "/api/nothing", "/static/nothing.js", "/socket.io/", "/\x00"])
@pytest.mark.parametrize("known", [True, False])
def test_every_answer_carries_the_security_headers(app: Flask, path: str, known: bool) -> None:
    client = page_client(app) if known else app.test_client()
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
