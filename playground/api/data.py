"""Data to look at, and CSV files brought by the user."""

from functools import partial

from flask import Blueprint, Response, request

from playground.api import RefusedError, body, refuse, reply
from playground.data.errors import DataError
from playground.data.preview import preview
from playground.experiment.check import check_data
from playground.guard import owner
from playground.protocol.requests import PreviewRequest
from playground.services import services

blueprint = Blueprint("data", __name__)


@blueprint.post("/api/data/preview")
def preview_data() -> Response:
    """Some rows of a data set; 422 with the problems of its settings."""
    here, data = services(), body(PreviewRequest).data
    files = partial(here.files.get, owner())
    known, problems = check_data(data, files, here.settings.limits)
    if known is None or any(problem.where.startswith("data/args") for problem in problems):
        raise RefusedError(422, problems)
    return reply(preview(data, files))


@blueprint.post("/api/data/csv")
def add_csv() -> Response:
    """Keep the body as a CSV file for this session and say what is in it; 422 if it is no table."""
    from playground.data.upload import describe  # pandas takes longer to load than the whole server

    request.max_content_length = services().settings.limits.max_csv_bytes
    if request.mimetype != "text/csv":
        refuse(415, f"the body must be text/csv, and came as {request.mimetype or 'nothing named'}")
    try:
        stored = services().files.add(owner(), request.args.get("name", "data.csv"), request.get_data())
        return reply(describe(stored))
    except DataError as error:
        raise RefusedError(422, [error.problem]) from None
