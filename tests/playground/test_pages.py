"""The page and its files: what is loaded, from where, and for how long it may be kept."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from playground import assets

MANIFEST = {
    "src/main.ts": {"file": "assets/main-1.js", "css": ["assets/main-1.css"], "imports": ["_chart.js"]},
    "_chart.js": {"file": "assets/chart-2.js", "css": ["assets/chart-2.css"], "imports": ["_base.js"]},
    "_base.js": {"file": "assets/base-3.js", "imports": ["_chart.js"]},
    "src/views/tensors.ts": {"file": "assets/tensors-4.js", "isDynamicEntry": True},
}


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built browser side, which the app serves."""
    monkeypatch.setattr(assets, "dist", lambda: tmp_path)
    (tmp_path / ".vite").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "assets" / "main-1.js").write_text("1")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    return tmp_path


@pytest.mark.usefixtures("dist")
def test_the_page_loads_the_built_files_by_their_hashed_names(client: FlaskClient) -> None:
    text = client.get("/").text
    assert '<script type="module" src="/static/assets/main-1.js"></script>' in text
    assert '<link rel="stylesheet" href="/static/assets/main-1.css">' in text
    assert '<div id="app"></div>' in text


@pytest.mark.usefixtures("dist")
def test_only_this_page_may_bring_style_sheets_of_its_own_and_each_time_under_another_nonce(
    client: FlaskClient,
) -> None:
    first, second = (client.get("/") for _ in range(2))
    nonces = [re.search('nonce="([^"]{20,})"', answer.text) for answer in (first, second)]
    assert nonces[0] and nonces[1] and nonces[0][1] != nonces[1][1]
    assert f"style-src 'self' 'nonce-{nonces[0][1]}';" in first.headers["Content-Security-Policy"]


def test_what_the_script_imports_is_fetched_with_it_and_what_it_may_load_later_is_not(dist: Path) -> None:
    entry = assets.entry(dist)
    assert entry is not None
    assert entry.preloads == ("assets/chart-2.js", "assets/base-3.js")
    assert entry.styles == ("assets/main-1.css", "assets/chart-2.css")


@pytest.mark.usefixtures("dist")
def test_the_page_has_no_inline_script_or_style(client: FlaskClient) -> None:
    text = client.get("/").text
    assert "<style" not in text and "style=" not in text and "onload=" not in text
    assert text.count("<script") == text.count('<script type="module" src=')


@pytest.mark.usefixtures("dist")
def test_hashed_files_are_kept_for_good_and_others_are_not(client: FlaskClient) -> None:
    hashed = client.get("/static/assets/main-1.js").headers
    icon = client.get("/static/favicon.svg").headers
    assert "immutable" in hashed["Cache-Control"] and "max-age=31536000" in hashed["Cache-Control"]
    assert "immutable" not in icon["Cache-Control"]
    assert hashed["Content-Type"].startswith("text/javascript")
    assert icon["Content-Type"].startswith("image/svg+xml")


def test_the_page_itself_is_not_kept(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    ["..%2f..%2fetc%2fpasswd", "../secret", "assets/../../secret", "/etc/passwd", "assets\\..\\secret", ".."],
)
def test_files_beside_the_built_ones_are_not_served(client: FlaskClient, dist: Path, name: str) -> None:
    (dist.parent / "secret").write_text("what nobody may read")
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 404
    assert b"nobody" not in answer.data


def test_a_page_that_was_not_built_says_how_to(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "dist", lambda: tmp_path / "nothing")
    answer = client.get("/")
    assert answer.status_code == 503
    assert "make run" in answer.text


def test_a_checkout_and_a_wheel_are_both_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "playground"
    package.mkdir()
    monkeypatch.setattr(assets, "PACKAGE", package)
    assert assets.root() == tmp_path
    (package / "templates").mkdir()
    assert assets.root() == package
