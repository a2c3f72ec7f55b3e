"""The write tools that Podium brings: starting and signalling other runs. Both may be sent again under their key."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from podium.graph.policies import Retry
from podium.workflow.binding import Provider, ToolCode

if TYPE_CHECKING:
    from podium.effects.ports import Outbox, RunPort

_FOR_EVER_MS = 100 * 365 * 24 * 3_600_000


class _Builtin:
    """What both have in common. They implement `binding.ToolCode`."""

    name: str
    writes = True
    is_async = True
    retry: Retry | None = None
    timeout_ms: int | None = None
    key_life_ms: int | None = _FOR_EVER_MS
    undo = ""
    irreversible = False
    reconciles = False
    reconcile_is_async = False
    fresh_ms: int | None = None

    def __init__(self, outbox: "Outbox") -> None:
        self._outbox = outbox

    def freeze(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        """Return the arguments as JSON text."""
        assert not args, "built-in tools are called by name"
        return to_json(kwargs).decode()

    def digest_of(self, frozen: str) -> str:
        """Return the arguments themselves: no read is built in."""
        return frozen

    def reconcile(self, frozen: str, *, key: str, provider: Provider) -> Any:
        """Refuse: sending again is always safe."""
        raise NotImplementedError(self.name, frozen, key, provider)

    def consent_ms(self, frozen: str) -> tuple[bool, int | None]:
        """Return that nobody is asked."""
        del frozen
        return False, None

    def act(self, frozen: str) -> str:
        """Return that it has no business key."""
        del frozen
        return ""

    def encode(self, result: Any) -> str:
        """Return a result as JSON text."""
        return to_json(result).decode()

    def decode(self, text: str) -> Any:
        """Return the result that `encode` wrote."""
        return from_json(text)

    def check(self, text: str) -> str:
        """Return a result given by a person in its stored form."""
        return self.encode(self.decode(text))


class StartTool(_Builtin):
    """`current().start(…)`: the run's id is the caller's or the key, so that it is started once."""

    name = "podium.start"

    async def send(self, frozen: str, *, key: str | None, provider: Provider) -> str:
        """Start the run and return its id."""
        del provider
        asked = from_json(frozen)
        run_id = str(asked["id"] or key)
        await self._outbox.start_run(asked["graph"], asked["data"], run_id)
        return run_id


class SignalTool(_Builtin):
    """`current().signal(…)`: the signal's id is the key, so that it counts once."""

    name = "podium.signal"

    async def send(self, frozen: str, *, key: str | None, provider: Provider) -> None:
        """Put the signal into the run's inbox."""
        del provider
        asked = from_json(frozen)
        assert key is not None, "a write has a key"
        payload = to_json(asked["payload"]).decode()
        await self._outbox.signal_run(asked["run_id"], asked["name"], payload, signal_id=key)


def builtin(name: str, run: "RunPort") -> ToolCode | None:
    """Return the built-in tool of that name; None where it is an author's."""
    for tool in (StartTool, SignalTool):
        if tool.name == name:
            return tool(run.outbox)
    return None
