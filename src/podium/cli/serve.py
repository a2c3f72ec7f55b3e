"""`podium serve`: the dashboard and the HTTP API, and a worker for what they start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from podium.cli.database import Database, database, engine
from podium.cli.forms import DEFAULT_DB, Db
from podium.cli.interrupt import interruptible
from podium.cli.observed import observed
from podium.cli.say import complain, note, tell
from podium.cli.target import Target, load_all
from podium.cli.verb import USAGE, Verb
from podium.telemetry.logs import begin_logging

if TYPE_CHECKING:
    from podium.server.settings import Settings

_EXTRA = frozenset({"httpx", "prometheus_client", "starlette", "uvicorn"})
_DEMO = "podium.demo.visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """Serve the dashboard and the HTTP API, and keep runs of TARGET going.

    Without TARGET there is a demo to look at. It listens on this machine alone; beyond that it wants tokens
    (`podium tokens`). Asked to stop, it begins nothing new, lets steps that are under way end, and gives its runs up.
    """

    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TARGET...]", help="module, module:name or file.py[:name]; all its workflows."),
    ] = None
    db: Db = DEFAULT_DB
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1"
    port: Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="0: any free one.")] = 8800
    public_url: Annotated[
        str,
        typer.Option(
            "--public-url", metavar="URL", help="Where browsers reach it, as https://podium.example: behind a proxy."
        ),
    ] = ""
    grace: Annotated[
        float, typer.Option("--grace", min=0, metavar="SECONDS", help="How long steps may take to end when stopping.")
    ] = 30


async def _serve(asked: Serve) -> int:
    try:
        from podium.server.app import application  # noqa: PLC0415  # door: the extra may be missing
        from podium.server.serving import Listening, serve  # noqa: PLC0415  # door: the extra may be missing
    except ModuleNotFoundError as missing:
        if missing.name not in _EXTRA:
            raise
        complain(f"`podium serve` needs {missing.name}, which is in an extra of its own: pip install 'podium[server]'")
        return USAGE
    begin_logging()
    at = database(asked.db)
    targets = [target for text in asked.targets or [_DEMO] for target in load_all(text)]
    settings = _settings(asked, at, targets)
    listening = Listening(asked.host, asked.port)
    with interruptible() as stop:
        async with observed(engine(at, targets, recovers=True), counts=True) as opened:

            def told() -> None:
                tell(f"Podium is at {listening.url}")
                names = ", ".join(sorted({target.workflow.name for target in targets}))
                note(f"serving {at.url}: {names}; Ctrl-C stops")

            app = application(opened, settings)
            await serve(app, listening, stop=stop, told=told)
    return 0


def _settings(asked: Serve, at: Database, targets: Sequence[Target]) -> "Settings":
    from podium.server.gate import GateSettings, beside  # noqa: PLC0415  # door: the extra may be missing
    from podium.server.settings import Settings  # noqa: PLC0415  # door: the extra may be missing

    return Settings(
        gate=GateSettings(
            host=asked.host,
            tokens=beside(at.path, "tokens.json"),
            audit=beside(at.path, "audit.jsonl"),
            public_url=asked.public_url,
        ),
        port=asked.port,
        targets={target.workflow.name: target.text for target in targets},
        keys=beside(at.path, "keys.db") if at.is_kept else None,
        demo="" if asked.targets else "trip",
        grace_s=asked.grace,
    )


VERB = Verb(Serve, _serve, ("podium serve", "podium serve app.py", "podium serve flows.travel --db /srv/podium.db"))
