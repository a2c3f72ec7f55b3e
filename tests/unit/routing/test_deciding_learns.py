"""Whoever decides learns behind its own back: it never stops deciding, and loses nothing that it was told meanwhile."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from podium.routing.deciding import Deciding
from podium.routing.intent.types import Asked, Choice
from tests.unit.routing.intent.asked import Oracle
from tests.unit.routing.intent.words import TRAVEL, Words

ODD, OTHER = "umbrella for my chihuahua", "a parrot"
FLIGHT = "book me a flight to rome"
WAIT_S = 60


class Slow(Words):
    """An embedder that stops at its next batch until it is let go, and then may fail."""

    def __init__(self) -> None:
        super().__init__()
        self.stops = False
        self.is_in, self.may_go = threading.Event(), threading.Event()
        self.error: Exception | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.stops and len(texts) > 1:
            self.stops = False
            self.is_in.set()
            assert self.may_go.wait(WAIT_S)
            if self.error is not None:
                raise self.error
        return super().embed(texts)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def live(slow: Slow, tmp_path: Path) -> Deciding:
    made = Deciding(TRAVEL, embedder=slow, model=None, folder=tmp_path)
    made.decide(FLIGHT)
    return made


def fitted(made: Deciding) -> Deciding:
    """Wait until what was said so far is learned."""
    made.decide("look")
    with made._fitting:
        return made


def test_decisions_go_on_while_it_learns(live: Deciding, slow: Slow) -> None:
    before = live.decide(FLIGHT)
    slow.stops = True
    live.learn(ODD, "hotels")
    assert live.decide(FLIGHT) == before
    assert slow.is_in.wait(WAIT_S)
    assert live.decide(FLIGHT) == before
    slow.may_go.set()
    assert fitted(live).decide(FLIGHT).model_version != before.model_version
    assert live.decide(ODD).route == "hotels"


def test_what_is_said_while_it_learns_is_learned_next(live: Deciding, slow: Slow) -> None:
    slow.stops = True
    live.learn(ODD, "hotels")
    live.decide(FLIGHT)
    assert slow.is_in.wait(WAIT_S)
    live.learn(OTHER, "refunds")
    slow.may_go.set()
    with live._fitting:
        assert live.decide(ODD).route == "hotels"
    assert fitted(live).decide(OTHER).alternatives[0].route == "refunds"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_could_not_be_learned_is_learned_later(live: Deciding, slow: Slow) -> None:
    before = live.decide(FLIGHT)
    slow.stops, slow.error = True, RuntimeError("no embedder today")
    live.learn(ODD, "hotels")
    live.decide(FLIGHT)
    assert slow.is_in.wait(WAIT_S)
    slow.may_go.set()
    with live._fitting:
        assert live.decide(FLIGHT) == before
    slow.error = None
    assert fitted(fitted(live)).decide(ODD).route == "hotels"


def test_many_threads_lose_nothing(live: Deciding) -> None:
    def say(number: int) -> None:
        for at in range(5):
            live.learn(f"parrot{number}{at}", "refunds")
            live.decide(f"parrot{number}")

    threads = [threading.Thread(target=say, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    fitted(fitted(live))
    wanted = [f"parrot{number}{at}" for number in range(4) for at in range(5)]
    assert [live.decide(text).alternatives[0].route for text in wanted] == ["refunds"] * len(wanted)


async def test_what_may_be_asked_is_not_more_after_learning(slow: Slow, tmp_path: Path) -> None:
    oracle = Oracle(lambda _: Choice("hotels", tokens=150_000))
    made = Deciding(TRAVEL, embedder=slow, model=oracle, folder=tmp_path)
    text = "환불"  # nobody here can read it
    first = await made.escalate(text)
    assert first.escalation is not None
    assert first.escalation.asked is Asked.ANSWERED
    made.learn(ODD, "hotels")
    again = await fitted(made).escalate(text)
    assert again.model_version != first.model_version
    assert again.escalation is not None
    assert again.escalation.asked is Asked.SPENT
