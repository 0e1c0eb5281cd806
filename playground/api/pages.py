"""The page and its files. The page's script and styles carry a hash in their names and never change."""

import secrets

from flask import Blueprint, Response, render_template, send_from_directory

from playground import assets
from playground.api import refuse
from playground.guard import content_policy

blueprint = Blueprint("pages", __name__)

HOUR = 3600
YEAR = 365 * 24 * HOUR


@blueprint.get("/")
def index() -> Response:
    """The page; without a built browser side, a page that says how to build it."""
    entry = assets.entry(assets.dist())
    nonce = secrets.token_urlsafe(16)
    page = Response(render_template("index.html", entry=entry, style_nonce=nonce), 200 if entry else 503)
    page.headers["Content-Security-Policy"] = content_policy(nonce)
    return page


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """A built file. Under `assets/`, names carry a hash of what is inside, so that never changes."""
    if "\0" in name:
        refuse(404, "There is no such file.")
    hashed = name.startswith("assets/")
    answer = send_from_directory(assets.dist(), name, max_age=YEAR if hashed else HOUR)
    answer.cache_control.immutable = hashed
    return answer
