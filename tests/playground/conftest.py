"""Fixtures of the server's tests: an app with its services, and a client that behaves like the page."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

import engine as torch
from playground.app import assemble, create_app
from playground.services import Services
from playground.settings import Settings


def page_client(app: Flask) -> FlaskClient:
    """A client with a session of its own, which sends what the page's `fetch` sends."""
    client = app.test_client()
    client.get("/")
    client.environ_base["HTTP_ORIGIN"] = "http://localhost"
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture(autouse=True)
def usual_numbers() -> Iterator[None]:
    """What is meant for a process of its own sets how its thread takes denormal numbers."""
    yield
    torch.set_flush_denormal(False)


@pytest.fixture
def services() -> Iterator[Services]:
    made = assemble(Settings())
    yield made
    made.close()


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services.settings, services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return page_client(app)
