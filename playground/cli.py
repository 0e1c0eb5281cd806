"""The command `playground`: serve the page, train an experiment without it, or write its script.

Nothing heavy is imported before a command needs it: every spawned worker imports this file again.
"""

import argparse
import os
import secrets
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from playground.settings import DEFAULT_HOST, DEFAULT_PORT, Settings

NEW_TOKEN = ""
ASKED_WRONGLY = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status: 0, 1 where it failed, 2 where it was asked wrongly."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "train":
        from playground.export.command import train

        return train(options.experiment)
    if options.command == "export":
        from playground.export.command import export

        return export(options.experiment, options.to)
    return _serve(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="playground", description="Build networks in the browser, train them live."
    )
    parser.add_argument("--host", default=DEFAULT_HOST, help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=_port, help=f"port (default: {DEFAULT_PORT}, or a free one where that is taken)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--token",
        nargs="?",
        const=NEW_TOKEN,
        default=os.environ.get("PLAYGROUND_TOKEN"),
        help="ask for this token, or for a new random one; needed where --host is not this machine "
        "(environment: PLAYGROUND_TOKEN)",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name under which browsers reach this server; may be repeated",
    )
    parser.set_defaults(command="serve")
    commands = parser.add_subparsers(title="without the page", metavar="")
    train = commands.add_parser("train", help="train an experiment and show its progress")
    train.add_argument("experiment", type=Path, help="the experiment, as JSON")
    train.set_defaults(command="train")
    export = commands.add_parser("export", help="write the script of an experiment")
    export.add_argument("experiment", type=Path, help="the experiment, as JSON")
    export.add_argument("--to", choices=("torch", "engine"), required=True, help="which library it imports")
    export.set_defaults(command="export")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port: choose 1 to 65535, or 0 for any free one")
    return port


def _serve(options: argparse.Namespace) -> int:
    from playground import server
    from playground.app import assemble, create_app

    token = secrets.token_urlsafe(24) if options.token == NEW_TOKEN else options.token
    hosts = tuple(name.lower() for name in options.allow_host)
    try:
        settings = Settings(host=options.host.lower(), token=token, allowed_hosts=hosts)
    except ValueError as error:
        return _complain(str(error))
    wanted = DEFAULT_PORT if options.port is None else options.port
    try:
        bound = server.listen(settings.host, wanted)
    except OSError as error:
        if not server.is_taken(error):
            return _complain(f"cannot listen on {settings.host} port {wanted}: {error.strerror}")
        if options.port is not None:
            return _complain(f"port {wanted} is taken: choose another --port, or leave it out")
        bound = server.listen(settings.host, 0)
        print(f"Port {wanted} is taken, so another one is used.", flush=True)

    services = assemble(settings)
    services.backend.warm()
    services.backend.warm()
    running = server.make(create_app(settings, services), bound)
    address = _address(settings, running.port)
    print(f"Model Playground: {address}")
    if settings.is_wildcard:
        print("On other machines, put this machine's name or address in its place.")
    print("Ctrl-C ends it.", flush=True)
    if not options.no_browser:
        threading.Thread(target=_open_browser, args=(address,), daemon=True).start()
    server.serve_until_told(running, services.close)
    return 0


def _address(settings: Settings, port: int) -> str:
    host = "127.0.0.1" if settings.is_wildcard else settings.host
    query = "" if settings.token is None else f"?token={quote(settings.token, safe='')}"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/{query}"


def _open_browser(address: str) -> None:
    """Open `address` where there is a screen; without one, `webbrowser` would start a text browser here."""
    import webbrowser

    has_screen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    if has_screen:
        webbrowser.open(address)


def _complain(message: str) -> int:
    print(f"playground: {message}", file=sys.stderr)
    return ASKED_WRONGLY
