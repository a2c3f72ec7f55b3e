"""The write tools that Podium brings: starting, cancelling and signalling other runs. All may be sent again.

What was started is undone by cancelling it. A signal that was sent can not be taken back.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from podium.graph.guards import CallPolicy
from podium.workflow.binding import Provider, ToolCode, UndoCode

if TYPE_CHECKING:
    from podium.effects.ports import Outbox, RunPort

_FOR_EVER_MS = 100 * 365 * 24 * 3_600_000


class _Builtin:
    """What they have in common. They implement `binding.ToolCode`."""

    name: str
    writes = True
    is_async = True
    policy = CallPolicy()
    key_life_ms: int | None = _FOR_EVER_MS
    undo = ""
    irreversible = False
    reconciles = False
    reconcile_is_async = False
    fallback: tuple[ToolCode, ...] = ()
    fresh_ms: int | None = None

    def __init__(self, outbox: "Outbox") -> None:
        self._outbox = outbox

    def freeze(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        """Return the arguments as JSON text."""
        assert not args, "built-in tools are called by name"
        return to_json(kwargs).decode()

    def arguments(self, frozen: str) -> dict[str, Any]:
        """Return the arguments by name."""
        named: dict[str, Any] = from_json(frozen)
        return named

    def digest_of(self, frozen: str) -> str:
        """Return the arguments themselves: no read is built in."""
        return frozen

    def reconcile(self, frozen: str, *, key: str, provider: Provider, forward_key: str | None = None) -> Any:
        """Refuse: sending again is always safe."""
        raise NotImplementedError(self.name, frozen, key, provider, forward_key)

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
    undo = "podium.cancel@1"

    async def send(self, frozen: str, *, key: str | None, provider: Provider, forward_key: str | None = None) -> str:
        """Start the run and return its id."""
        del provider, forward_key
        asked = from_json(frozen)
        run_id = str(asked["id"] or key)
        await self._outbox.start_run(asked["graph"], asked["data"], run_id)
        return run_id


class CancelTool(_Builtin):
    """What undoes `podium.start`: the cancel's id is the key, so that it is asked once."""

    name = "podium.cancel"

    async def send(self, frozen: str, *, key: str | None, provider: Provider, forward_key: str | None = None) -> None:
        """Call the run off; raise NotDone where it can not be any more."""
        del provider, forward_key
        assert key is not None, "a write has a key"
        await self._outbox.cancel_run(str(from_json(frozen)["run_id"]), cancel_id=key)


class SignalTool(_Builtin):
    """`current().signal(…)`: the signal's id is the key, so that it counts once."""

    name = "podium.signal"
    irreversible = True

    async def send(self, frozen: str, *, key: str | None, provider: Provider, forward_key: str | None = None) -> None:
        """Put the signal into the run's inbox."""
        del provider, forward_key
        asked = from_json(frozen)
        assert key is not None, "a write has a key"
        payload = to_json(asked["payload"]).decode()
        await self._outbox.signal_run(asked["run_id"], asked["name"], payload, signal_id=key)


_ALL = (StartTool, CancelTool, SignalTool)


class CancelStarted:
    """How a start is undone. It implements `binding.UndoCode`."""

    admits_none = False

    def __init__(self, outbox: "Outbox") -> None:
        self.tool: ToolCode = CancelTool(outbox)

    def freeze(self, result: str | None) -> str:
        """Return the arguments for the id that the start gave."""
        assert result is not None, "a start is keyed, so that nobody gives it up in doubt"
        return self.tool.freeze((), {"run_id": from_json(result)})

    def freeze_instead(self, given: str) -> str:
        """Return the arguments for the id that a person gave."""
        return self.freeze(given)

    def check(self, given: str) -> str:
        """Return a run's id given by a person in its stored form."""
        return self.tool.check(given)


def is_builtin(name: str) -> bool:
    """Claim that a tool of that name is one that Podium brings."""
    return name in (tool.name for tool in _ALL)


def builtin(name: str, run: "RunPort") -> ToolCode | None:
    """Return the built-in tool of that name; None where it is an author's."""
    for tool in _ALL:
        if tool.name == name:
            return tool(run.outbox)
    return None


def builtin_undo(signed: str, run: "RunPort") -> UndoCode | None:
    """Return how a built-in write is undone; None where the compensator on record is an author's."""
    return CancelStarted(run.outbox) if signed == StartTool.undo else None
