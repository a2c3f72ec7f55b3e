"""What handlers stand on: the engine, how the server is set up, and whether it is about to stop."""

from dataclasses import dataclass, field

from podium.engine.engine import Engine
from podium.server.drain import Drain
from podium.server.live.live import Live
from podium.server.settings import Settings
from podium.server.stories import Stories
from podium.server_errors import NothingThereError
from podium.workflow.binding import Compiled


@dataclass(frozen=True, slots=True)
class Service:
    """One server.

    Attributes:
        engine: Open for as long as requests come.
        settings: How it is set up.
        drain: Whether it is about to stop.
        live: What its streams are made from.
        stories: Its runs, folded.
    """

    engine: Engine
    settings: Settings
    drain: Drain = field(default_factory=Drain)
    live: Live = field(init=False)
    stories: Stories = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "live", Live(self.engine, self.drain))
        object.__setattr__(self, "stories", Stories(self.engine))

    @property
    def kind(self) -> str:
        """What the runs are kept by: `sqlite`, `memory` or `temporal`."""
        return self.engine.url.partition(":")[0]

    def workflows(self) -> list[Compiled]:
        """Return the workflows whose code is here, by name."""
        return sorted(self.engine.workflows(), key=lambda workflow: workflow.name)

    def workflow(self, name: str) -> Compiled:
        """Return a workflow by its name; raise NothingThereError."""
        for workflow in self.engine.workflows():
            if workflow.name == name:
                return workflow
        names = ", ".join(workflow.name for workflow in self.workflows()) or "none"
        message = f"there is no workflow {name[:100]!r} here; there is: {names}"
        raise NothingThereError(message)

    def has_code(self, graph_hash: str) -> bool:
        """Claim that runs of that graph can be performed here."""
        return any(workflow.hash == graph_hash for workflow in self.engine.workflows())
