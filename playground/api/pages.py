"""The page and its files. The page's script and styles carry a hash in their names and never change."""

from flask import Blueprint, Response, render_template, send_from_directory

from playground import assets

blueprint = Blueprint("pages", __name__)

YEAR = 365 * 24 * 3600


@blueprint.get("/")
def index() -> str | Response:
    """The page; without a built browser side, a page that says how to build it."""
    entry = assets.entry(assets.dist())
    page = render_template("index.html", entry=entry)
    return page if entry else Response(page, 503)


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """A file whose name carries its hash."""
    answer = send_from_directory(assets.dist() / "assets", name, max_age=YEAR)
    answer.cache_control.public = True
    answer.cache_control.immutable = True
    return answer


@blueprint.get("/favicon.svg")
def favicon() -> Response:
    """The icon of the tab."""
    return send_from_directory(assets.dist(), "favicon.svg", max_age=3600)
