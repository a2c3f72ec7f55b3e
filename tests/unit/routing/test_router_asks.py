"""A router that is not sure asks a model, over the table that ships: once, on record, and for routes that there are."""

from collections.abc import Sequence

import pytest

from podium import Engine
from podium.routing import Choice, OutOfScope, Routed, RouteSpec
from podium.routing.embedding.static import static_embedder
from tests.unit.routing.desks import journal, reads
from tests.unit.routing.travelling import desk

KOREAN = "부산에 대한 글을 써 줘"


class Oracle:
    """Answers as it is told, and keeps what it was asked."""

    id = "oracle"

    def __init__(self, answer: Choice | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[str, list[str]]] = []

    async def choose(self, text: str, shortlist: Sequence[RouteSpec]) -> Choice:
        self.asked.append((text, [route.name for route in shortlist]))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_a_sentence_that_can_not_be_read_here_is_asked_about_and_not_guessed() -> None:
    oracle = Oracle(Choice("writing", "it asks for a text", tokens=40))
    router = desk(embedder=static_embedder(), model=oracle)
    async with Engine("memory:") as engine:
        run = await engine.start(router, KOREAN)
        answer = await run.result()
        assert isinstance(answer, Routed)
        assert (answer.route, answer.result.topic) == ("writing", KOREAN)
        (read,) = reads(await journal(run), "escalate_desk")
        assert '"asked":"answered","model":"oracle"' in read.result
        assert '"model_calls":1,"tokens":40' in read.result
    assert [(text, sorted(shown)) for text, shown in oracle.asked] == [(KOREAN, ["travel", "writing"])]


@pytest.mark.parametrize("answer", [Choice("submarine"), ConnectionError("down"), Choice(None)])
async def test_what_a_model_makes_up_or_can_not_say_is_no_route(answer: Choice | Exception) -> None:
    router = desk(embedder=static_embedder(), model=Oracle(answer))
    async with Engine("memory:") as engine:
        assert isinstance(await (await engine.start(router, KOREAN)).result(), OutOfScope)


async def test_a_sentence_that_is_plain_asks_nobody() -> None:
    oracle = Oracle(ConnectionError("down"))
    router = desk(embedder=static_embedder(), model=oracle)
    async with Engine("memory:") as engine:
        answer = await (await engine.start(router, "fly me to Rome and on to Busan")).result()
        assert isinstance(answer, Routed)
        assert answer.route == "travel"
    assert oracle.asked == []
