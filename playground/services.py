"""The collaborators that the app is handed: no module of the server reaches for a global."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

from playground.settings import Settings

if TYPE_CHECKING:
    from playground.data.files import Files
    from playground.jobs import Backend
    from playground.live.runs import Runs
    from playground.workbench import Workbench

EXTENSION = "playground"


@dataclass(frozen=True)
class Services:
    """Everything a blueprint or a socket event may call."""

    settings: Settings
    files: Files
    runs: Runs
    backend: Backend
    workbench: Workbench

    def close(self) -> None:
        """End every process and remove every file that a collaborator made."""
        self.backend.close()
        self.files.close()


def services() -> Services:
    """The collaborators of the app that handles this request."""
    return cast(Services, current_app.extensions[EXTENSION])
