"""What stands in for a tool in a rehearsal: it says what the script says, and sends nothing anywhere."""

from typing import Any

from podium.effects.about import About
from podium.failure import Failure
from podium.graph.guards import CallPolicy
from podium.graph.policies import Retry
from podium.guard.meaning import REFUSED, Meaning
from podium.testing.rehearsal.script import Script
from podium.workflow.binding import Provider, ToolCode
from podium.workflow.current import CURRENT


class NotInScript(Exception):  # noqa: N818  # an outcome of a call, as the step meets it
    """A tool was asked for something that the recorded run did not ask for."""


class StandIn:
    """A tool as a rehearsed run calls it; it stands in for `binding.ToolCode`, without guards: nothing can be unwell.

    Args:
        tool: What the author declared.
        script: What is said.
    """

    is_async = reconcile_is_async = True
    policy = CallPolicy(retry=Retry(attempts=1))

    def __init__(self, tool: ToolCode, script: Script) -> None:
        self._tool, self._script = tool, script

    def __getattr__(self, name: str) -> Any:
        """Everything else is the tool's own."""
        return getattr(self._tool, name)

    async def send(self, frozen: str, *, key: str | None, provider: Provider, forward_key: str | None = None) -> Any:
        """Give what the recorded call gave, or raise as it did."""
        del key, provider, forward_key
        current = CURRENT.get()
        about: About | None = current.about() if current is not None else None  # type: ignore[assignment]  # as it is made
        path = about.step if about is not None else ""
        said = self._script.says(path, self._tool.name, self._tool.digest_of(frozen))
        if said is None:
            message = f"{path or 'a step'} called {self._tool.name}{frozen}, and the recorded run did not"
            raise NotInScript(message)
        if isinstance(said, Failure):
            raise raised(said)
        return self._tool.decode(said)

    async def reconcile(self, frozen: str, *, key: str, provider: Provider, forward_key: str | None = None) -> Any:
        """Say the same."""
        return await self.send(frozen, key=key, provider=provider, forward_key=forward_key)


def raised(failure: Failure) -> Exception:
    """Return an exception whose class has the names of the recorded one's, so that `on_error` meets it."""
    made: type[Exception] = Exception
    for name in reversed(failure.types or (failure.type,)):
        if name not in ("Exception", "BaseException"):
            module, _, word = name.rpartition(".")
            made = type(word, (made,), {"__module__": module or "builtins"})
    error = made(failure.message)
    error.recorded = failure  # type: ignore[attr-defined]  # for `meant`
    return error


def meant(error: BaseException) -> Meaning | None:
    """Say what a recorded failure means: as it was recorded, and for sure, because nothing was sent."""
    failure = getattr(error, "recorded", None)
    return REFUSED._replace(kind=failure.kind) if isinstance(failure, Failure) else None
