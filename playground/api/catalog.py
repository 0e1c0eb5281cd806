"""The palettes."""

from flask import Blueprint, Response

from playground.api import reply
from playground.experiment import catalog as palettes

blueprint = Blueprint("catalog", __name__)


@blueprint.get("/api/catalog")
def catalog() -> Response:
    """Layers, losses, optimizers and data sets, with their arguments and presets."""
    return reply(palettes.catalog())
