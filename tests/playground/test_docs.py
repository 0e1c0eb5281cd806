"""The documents name what there is: every route, event, payload, option, limit; and nothing else."""

import re
from pathlib import Path

import pytest
from flask import Flask
from pydantic import BaseModel

from playground import cli
from playground.protocol import typescript
from playground.settings import Limits

DOCS = Path(__file__).parents[2] / "docs"
# Parts of the payloads that are named where the whole is described, in the models' own words.
PARTS = {"Request", "Reply", "Wire", "Part", "Parameter", "Entry", "DatasetEntry", "LayerFacts", "DataFacts",
         "CsvColumn", "Problem", "CodeProblem", "Saved", "TapeNode", "TapeEdge", "LeafCheck", "Source",
         "VjpInput", "TensorOp", "OpGroup", "OpFit", "Point", "CsvFile", "Data", "Layer", "Chosen",
         "Training", "ViewEntry", "LearningRates", "SampleStage",
         "SamplePlace", "GradcheckParameter"}  # fmt: skip


def document(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def routes(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def test_the_protocol_lists_every_route_and_no_other(app: Flask) -> None:
    listed = set(re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`", document("protocol.md"), re.M))
    assert listed == routes(app)


def test_the_architecture_lists_every_route_of_the_api(app: Flask) -> None:
    text = document("architecture.md")
    missing = [route for route in routes(app) if "/api/" in route and route.split()[1] not in text]
    assert missing == []


def test_the_protocol_lists_every_event_and_no_other(app: Flask) -> None:
    listed = set(re.findall(r"^\| `(\w+)` \| (?:page|server) →", document("protocol.md"), re.M))
    handled = set(app.extensions["socketio"].server.handlers["/"]) - {"connect", "disconnect", "*"}
    assert listed == handled | {"frame"}


@pytest.mark.parametrize("module", typescript.MODULES)
def test_the_protocol_names_every_payload(module: object) -> None:
    models = {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__
    }
    text = document("protocol.md")
    assert [name for name in sorted(models - PARTS) if f"`{name}`" not in text] == []


def test_the_security_page_names_every_limit_and_option() -> None:
    text = document("security.md")
    options = set(re.findall(r"--[a-z-]+", cli._parser().format_help())) - {"--help"}
    wanted = {*Limits.__dataclass_fields__, *options}
    assert [name for name in sorted(wanted) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", ["protocol.md", "security.md", "architecture.md"])
def test_every_file_a_document_names_is_there(name: str) -> None:
    root = DOCS.parent
    named = re.findall(r"`((?:playground|tests|engine|static)/[\w/.]+)`", document(name))
    assert [path for path in named if not (root / path).exists()] == []
