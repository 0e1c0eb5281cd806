"""The app factory: settings and collaborators in, one guarded WSGI app out. No globals."""

from functools import partial

from flask import Flask
from flask_socketio import SocketIO

from playground import assets
from playground.api import (
    catalog,
    data,
    experiments,
    exports,
    families,
    pages,
    register_errors,
    runs,
    tensors,
)
from playground.data.files import Files
from playground.guard import Guard, is_own_origin
from playground.jobs.local import LocalBackend
from playground.live import sockets
from playground.live.runs import Runs
from playground.services import EXTENSION, Services
from playground.settings import Settings
from playground.websocket import BoundedWebSocket
from playground.workbench import Workbench


def assemble(settings: Settings) -> Services:
    """The collaborators of a server of its own. Whoever assembles them closes them."""
    limits = settings.limits
    backend = LocalBackend(memory=limits.worker_memory)
    return Services(
        settings=settings,
        files=Files(max_bytes=limits.max_csv_bytes),
        runs=Runs(backend, limits),
        backend=backend,
        workbench=Workbench(backend, limits),
    )


def create_app(settings: Settings, services: Services) -> Flask:
    """The whole server as a Flask app. Its `wsgi_app` is the guard, so its test client is guarded too."""
    app = Flask("playground", static_folder=None, template_folder=str(assets.templates()))
    app.url_map.merge_slashes = False  # an address is right or 404; nothing here redirects
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.max_request_bytes
    app.extensions[EXTENSION] = services
    register_errors(app)
    for module in (pages, catalog, experiments, data, runs, families, exports, tensors):
        app.register_blueprint(module.blueprint)
    sockets.register(_socketio(app, settings), services.runs)
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
