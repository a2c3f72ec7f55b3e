"""Each model of an agent is asked with its own settings, whichever model stands before it."""

from pydantic_ai.settings import ModelSettings

from podium import Engine
from podium.agents import Agent
from podium.testing.models import PlayedModel, Reply, truncated


async def test_model_that_stands_in_has_its_own_settings() -> None:
    def model(name: str, reply: Reply, tokens: int) -> PlayedModel:
        return PlayedModel(lambda _: reply, name=name, settings=ModelSettings(max_tokens=tokens))

    short, long = model("short", truncated("Onc"), 1), model("long", "Once upon a time.", 9)
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("teller", short, fallback_models=[long]), "go")
        assert await run.result() == "Once upon a time."
    asked = [*short.asked, *long.asked]
    assert [(one.settings or {}).get("max_tokens") for one in asked] == [1, 1, 9]
