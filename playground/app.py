"""The app factory: settings and collaborators in, one guarded WSGI app out. No globals."""

import importlib
import importlib.util
from functools import partial

from flask import Flask
from flask_socketio import SocketIO

from playground import assets
from playground.api import register_errors
from playground.guard import Guard, is_own_origin
from playground.jobs.local import LocalBackend
from playground.live.runs import Runs
from playground.services import EXTENSION, Services
from playground.settings import Settings
from playground.websocket import BoundedWebSocket


def assemble(settings: Settings) -> Services:
    """The collaborators that a server of its own needs."""
    backend = LocalBackend(memory=settings.limits.worker_memory)
    runs = Runs(backend, settings.limits)
    return Services(settings, None, runs, backend, None)  # type: ignore[arg-type]


def create_app(settings: Settings, services: Services) -> Flask:
    """The whole server as a Flask app. Its `wsgi_app` is the guard, so its test client is guarded too."""
    app = Flask("playground", static_folder=None, template_folder=str(assets.templates()))
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.max_request_bytes
    app.extensions[EXTENSION] = services
    register_errors(app)
    socketio = _socketio(app, settings)
    # While the rooms are being built, what is not there yet is left out.
    for name in ("pages", "catalog", "experiments", "data", "runs", "exports", "tensors"):
        if importlib.util.find_spec(f"playground.api.{name}"):
            app.register_blueprint(importlib.import_module(f"playground.api.{name}").blueprint)
    if importlib.util.find_spec("playground.live.sockets"):
        importlib.import_module("playground.live.sockets").register(socketio, services.runs)
    app.wsgi_app = Guard(app.wsgi_app, settings)  # type: ignore[method-assign]
    return app


def _socketio(app: Flask, settings: Settings) -> SocketIO:
    """Socket.IO over WebSocket only; events of one client are handled in order in its own thread."""
    largest = settings.limits.max_message_bytes
    socketio = SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,
        transports=["websocket"],
        cors_allowed_origins=is_own_origin,
        cors_credentials=False,
        max_http_buffer_size=largest,
        manage_session=False,
        serve_client=False,
    )
    # engine.io looks at a message's size after all of it is in memory; the WebSocket can look before.
    engine = socketio.server.eio
    engine._async = {**engine._async, "websocket": partial(BoundedWebSocket, max_message_size=largest)}
    return socketio
