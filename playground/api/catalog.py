"""The palettes."""

from flask import Blueprint, Response

from playground.api import reply
from playground.experiment import catalog as palettes
from playground.training.probes import PROBES

blueprint = Blueprint("catalog", __name__)


@blueprint.get("/api/catalog")
def catalog() -> Response:
    """Layers, losses, optimizers and data sets, with their arguments and presets; what can be watched."""
    return reply(palettes.catalog([probe.entry for probe in PROBES]))
