"""What can be set when the program starts, and the bounds that are checked before anything is allocated."""

import ipaddress
from dataclasses import dataclass, field

MEBIBYTE = 2**20
GIBIBYTE = 2**30

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8420
SHORTEST_TOKEN = 16
WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 — recognised here, bound only with a token
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Limits:
    """Bounds of what one person may ask. Sizes are bytes, times seconds, the rest counts."""

    max_parameters: int = 5_000_000
    max_samples: int = 100_000
    max_activations: int = 50_000_000
    max_runs_per_session: int = 6
    max_runs: int = 16
    max_run_seconds: float = 4 * 3600
    worker_memory: int = 4 * GIBIBYTE

    max_request_bytes: int = MEBIBYTE
    max_csv_bytes: int = 20_000_000
    max_message_bytes: int = 256 * 1024
    max_clients: int = 64
    max_clients_per_session: int = 16

    max_tensor_elements: int = 10_000_000
    max_workbench_elements: int = 40_000_000
    max_workbench_seconds: float = 30.0
    max_workbenches: int = 2


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server bound to `host`."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Settings:
    """Where the server listens, who may use it, and its bounds.

    `allowed_hosts` are further names under which browsers reach it. Raises ValueError where a host other
    than loopback would be open to everyone.
    """

    host: str = DEFAULT_HOST
    token: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if self.token is None and not is_loopback(self.host):
            raise ValueError(
                f"{self.host} is reachable from other machines, so a token is needed: add --token to have "
                f"one made, or --token TEXT (at least {SHORTEST_TOKEN} characters)"
            )
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise ValueError(
                f"the token has {len(self.token)} characters: at least {SHORTEST_TOKEN} are needed"
            )

    @property
    def is_wildcard(self) -> bool:
        """Whether the server listens on every address of this machine."""
        return self.host in WILDCARDS
