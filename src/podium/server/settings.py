"""What a server is told before it begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from podium.server.gate import GateSettings

HOST, PORT = "127.0.0.1", 8800
"""Where it listens when nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server is set up.

    Attributes:
        gate: Where it listens, whom it lets in, and how much it takes.
        port: On which port; 0 takes any free one.
        targets: Where the code of each workflow is found, by the workflow's name; kept with the runs started here.
        keys: The file of its idempotency keys; None: a temporary one, which ends with the process.
        key_lease_s: How long a request's key is held by a process that says nothing more.
        demo: The workflow that `POST /demo` starts; "" where there is none.
        act_s: How long a request waits for the verdict on what it asks.
        grace_s: How long steps that are under way may take to end when the server stops.
    """

    gate: GateSettings = field(default_factory=GateSettings)
    port: int = PORT
    targets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    keys: Path | None = None
    key_lease_s: float = 5.0
    demo: str = ""
    act_s: float = 10.0
    grace_s: float = 30.0
