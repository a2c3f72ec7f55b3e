"""What can be wrong with a simulation itself, rather than with what is simulated."""

from podium.errors import AskError


class OutsideError(AskError):
    """Code in a simulation wants to reach the real network; give it a fake to talk to."""

    code = "ask.outside"

    def __init__(self, *, wanted: str) -> None:
        message = f"{wanted}: there is no network in a simulation; give the tool a fake, or its client a fake service"
        super().__init__(message)


class NoValueError(AskError):
    """No value of a tool's type could be made up; give the simulation a fake for it."""

    code = "ask.no-value"

    def __init__(self, *, tool: str, why: str) -> None:
        message = f"no result of {tool} can be made up ({why}); say one: tools={{{tool}: lambda call, world: …}}"
        super().__init__(message)


class BadSeedError(AskError):
    """The seed does not name a run of this workflow and input; nothing was simulated."""

    code = "ask.bad-seed"

    def __init__(self, seed: str, *, why: str) -> None:
        message = (
            f"the seed {seed!r} is of no run of this workflow with this input: {why}; is it the same code and input?"
        )
        super().__init__(message)


class InsideLoopError(AskError):
    """A simulation was asked for inside of a running event loop; nothing was simulated."""

    code = "ask.inside-loop"

    def __init__(self) -> None:
        super().__init__("simulate() has event loops of its own: call it from a `def`, not from an `async def`")
