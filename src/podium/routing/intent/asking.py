"""Asking somebody who knows better: within an allowance, one question at a time for one sentence, never twice the same.

What comes back is data. A route that was not on the list is refused, and so is what has no form; whatever goes wrong is
said in the decision and never raised.
"""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from podium.graph.guards import Breaker
from podium.guard.breaker import CircuitBreaker
from podium.guard.caught import Raised, caught, text_of
from podium.guard.clock import GuardClock, Share
from podium.guard.deadline import Deadline, begin_anew
from podium.guard.wheel import Wheel
from podium.outcomes import BreakerOpen
from podium.routing.intent.script import CHARACTERS_MAX, readable
from podium.routing.intent.types import Asked, Choice, Escalation, Model, RouteSpec
from podium.routing.intent.window import Window

_CACHED_MAX = 1000
_DETAIL_MAX = 300
_TOKENS_GUESSED = 500
"""What a question is taken to use before any was answered."""

_MINUTE_MS, _DAY_MS = 60_000, 24 * 60 * 60_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much may be asked.

    Attributes:
        calls_per_minute: Questions in any minute.
        tokens_per_day: Tokens in any day, as the model counts them.
        timeout_ms: How long one question may take.
    """

    calls_per_minute: int = 30
    tokens_per_day: int = 200_000
    timeout_ms: int = 5_000


class Answer(NamedTuple):
    """How asking ended.

    Attributes:
        choice: What was chosen; None where nothing was.
        escalation: What became of the question.
        calls, tokens: What it cost this caller.
    """

    choice: Choice | None
    escalation: Escalation
    calls: int = 0
    tokens: int = 0


_Key = tuple[str, tuple[str, ...]]


class _Leave(NamedTuple):
    """What was set aside for a question: when, the breaker's permit, and how many tokens."""

    at_ms: int
    permit: int
    tokens: int


class Asker:
    """Asks one model.

    Args:
        model: Who is asked.
        allowance: How much.
        clock: Time.
        share: Chance, for how long the breaker stays open.
    """

    def __init__(self, model: Model, allowance: Allowance, *, clock: GuardClock, share: Share = random.random) -> None:
        self._model, self._allowance, self._clock = model, allowance, clock
        self._calls = Window(allowance.calls_per_minute, _MINUTE_MS)
        self._tokens = Window(allowance.tokens_per_day, _DAY_MS)
        self._breaker = CircuitBreaker(model.id, Breaker(model.id), share=share, on_change=_ignore)
        self._cache: OrderedDict[_Key, Choice] = OrderedDict()
        self._flights: dict[_Key, asyncio.Task[Answer]] = {}
        self._guess = _TOKENS_GUESSED

    async def ask(self, text: str, shortlist: Sequence[RouteSpec], *, context: str = "") -> Answer:
        """Ask for which of a few routes a sentence is.

        Args:
            text: The sentence.
            shortlist: Most likely first.
            context: What else the answer hangs on: part of what makes two questions the same.
        """
        key = (f"{context}\n{readable(text)}", tuple(route.name for route in shortlist))
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._answer(Asked.CACHED, self._cache[key])
        flight = self._flights.get(key)
        if flight is not None and flight.get_loop() is asyncio.get_running_loop():
            answer = await asyncio.shield(flight)
            asked = Asked.JOINED if answer.choice is not None else answer.escalation.asked
            return Answer(answer.choice, replace(answer.escalation, asked=asked))
        leave = self._leave(self._clock.mono_ms())
        if isinstance(leave, Answer):
            return leave
        flight = asyncio.create_task(self._flight(key, text, tuple(shortlist), leave))
        self._flights[key] = flight
        flight.add_done_callback(lambda done: self._land(key, done))
        return await asyncio.shield(flight)

    def _land(self, key: _Key, flight: asyncio.Task[Answer]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    def _leave(self, now_ms: int) -> _Leave | Answer:
        """Set aside what a question may use, or return why nothing may be asked now."""
        if not self._calls.has_room(1, now_ms):
            return self._answer(Asked.SPENT, detail=f"{self._allowance.calls_per_minute} calls in a minute")
        if not self._tokens.has_room(self._guess, now_ms):
            return self._answer(Asked.SPENT, detail=f"{self._allowance.tokens_per_day} tokens in a day")
        try:
            permit = self._breaker.acquire(now_ms, lease_ms=self._allowance.timeout_ms)
        except BreakerOpen as error:
            return self._answer(Asked.BREAKER_OPEN, detail=str(error))
        self._calls.add(1, now_ms)
        self._tokens.add(self._guess, now_ms)
        return _Leave(now_ms, permit, self._guess)

    async def _flight(self, key: _Key, text: str, shortlist: tuple[RouteSpec, ...], leave: _Leave) -> Answer:
        begin_anew()
        permit, timeout_ms = leave.permit, self._allowance.timeout_ms
        try:
            with Deadline(Wheel(self._clock), timeout_ms):
                said = await caught(self._model.choose(text[:CHARACTERS_MAX], shortlist))
        except TimeoutError:
            self._breaker.failed(permit, self._clock.mono_ms(), f"no answer within {timeout_ms} ms")
            return self._answer(Asked.LATE, detail=f"no answer within {timeout_ms} ms", calls=1)
        except asyncio.CancelledError:
            self._breaker.returned(permit)
            raise
        if isinstance(said, Raised):
            detail = f"{type(said.error).__name__}: {text_of(said.error)}"
            self._breaker.failed(permit, self._clock.mono_ms(), detail)
            return self._answer(Asked.FAILED, detail=detail, calls=1)
        self._breaker.succeeded(permit, self._clock.mono_ms())
        return self._believed(key, said, leave)

    def _believed(self, key: _Key, said: object, leave: _Leave) -> Answer:
        """Return what was answered if it is one of what could be answered."""
        if not isinstance(said, Choice):
            return self._answer(Asked.REFUSED, detail=f"it answered a {type(said).__name__}", calls=1)
        used = max(0, said.tokens)
        self._tokens.settle(used - leave.tokens, leave.at_ms)
        self._guess = max(used, 1)
        if said.route is not None and said.route not in key[1]:
            detail = f"it named {str(said.route)[:80]!r}, which is not on the list"
            return self._answer(Asked.REFUSED, detail=detail, calls=1)._replace(tokens=used)
        choice = replace(said, reason=clipped(said.reason), tokens=used)
        self._cache[key] = choice
        if len(self._cache) > _CACHED_MAX:
            self._cache.popitem(last=False)
        return self._answer(Asked.ANSWERED, choice, calls=1)._replace(tokens=used)

    def _answer(self, asked: Asked, choice: Choice | None = None, *, detail: str = "", calls: int = 0) -> Answer:
        said = detail if choice is None else choice.reason
        return Answer(choice, Escalation(asked, self._model.id, clipped(said)), calls)


def clipped(said: object) -> str:
    """Return what a model or an error said as one short line."""
    line = "".join(each if each.isprintable() else " " for each in str(said)[: 4 * _DETAIL_MAX])
    return " ".join(line.split())[:_DETAIL_MAX]


def _ignore(_: CircuitBreaker) -> None:
    """Nobody is told: every decision says what became of its question."""
