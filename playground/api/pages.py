"""The page and its files. The page's script and styles carry a hash in their names and never change."""

from flask import Blueprint, Response, render_template, send_from_directory

from playground import assets
from playground.api import refuse

blueprint = Blueprint("pages", __name__)

HOUR = 3600
YEAR = 365 * 24 * HOUR


@blueprint.get("/")
def index() -> str | Response:
    """The page; without a built browser side, a page that says how to build it."""
    entry = assets.entry(assets.dist())
    page = render_template("index.html", entry=entry)
    return page if entry else Response(page, 503)


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """A built file. Under `assets/`, names carry a hash of what is inside, so that never changes."""
    if "\0" in name:
        refuse(404, "There is no such file.")
    hashed = name.startswith("assets/")
    answer = send_from_directory(assets.dist(), name, max_age=YEAR if hashed else HOUR)
    answer.cache_control.immutable = hashed
    return answer
