"""What an agent puts on disk for a turn does not depend on how long the conversation is already."""

from podium import Engine, tool
from podium.agents import Agent
from podium.core.events import StepDone
from tests.unit.agents.script import Script

TURNS = 40


@tool.write(irreversible=True)
async def note(text: str) -> str:
    """Write a note down."""
    return "noted"


async def test_what_a_turn_puts_on_disk_does_not_grow_with_the_conversation() -> None:
    script = Script(*([("note", {"text": "x" * 50})],) * TURNS, "done")
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("writer", script.model, tools=[note]), "go")
        assert await run.result() == "done"
        thought = [e for _, e in await engine.events(run.id) if isinstance(e, StepDone) and e.path.startswith("think")]
    sizes = [len(str(event)) for event in thought[1:-1]]
    assert len(sizes) == TURNS - 1
    assert max(sizes) < 1.1 * min(sizes)
