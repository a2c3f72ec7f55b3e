"""`ToolRouter`: picks the tools for what is wanted now out of thousands.

A choice is a read on record: a step that is run again goes on with the tools that it was given. Nothing that can not be
called is offered: not what is not allowed, not what needs arguments that are not there, and not what is left alone by
its breaker, but for the one who tries it again.
"""

import asyncio
import hashlib
import logging
import threading
import time
from collections.abc import Awaitable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final

from podium.core.path import place
from podium.engine.engine import Engine
from podium.errors import NotRunningError
from podium.routing.choice import LeftOut, ToolChoice, ToolMatch
from podium.routing.choice_state import ToolChoiceState
from podium.routing.embedding.choice import default_embedder
from podium.routing.embedding.embedder import Embedder
from podium.routing.experience import Experience
from podium.routing.ranking.asking import Asked
from podium.routing.ranking.card import Ranked, ToolCard
from podium.routing.ranking.tool_index import ToolIndex
from podium.routing.tool_cards import ToolsFound, card_of, check_toolbox, found_of
from podium.workflow.current import Current, current
from podium.workflow.source import place_of_caller
from podium.workflow.state import State
from podium.workflow.tool import Tool
from podium.workflow.toolcode import Declared, ToolPolicy

LEFT_OUT_MAX: Final = 20
"""So many tools that were left out are told of."""

COMPARED_MAX: Final = 2000
"""Of more tools than this, it is not looked which ones read alike."""
TWINS_MAX: Final = 5
"""So many pairs of tools that read alike are named."""

_LOG = logging.getLogger("podium.routing")

_CHANCE_DIGITS: Final = 8

Choosing = Tool[[str, list[str] | None, list[str] | None], Awaitable[ToolChoice]]


class ToolRouter:
    """A box of tools, and which of them fit.

    Attributes:
        name: Part of what its read is called in the journal: `choose_NAME`.
        tools: The tools, by name.
        search_tools: A read tool for agents: takes what is wanted, gives the tools that fit.

    Args:
        name: An identifier; unique among the routers of a workflow.
        tools: What there is to choose from.
        pinned: Names of tools that are offered whatever is wanted.
        embedder: Turns texts into vectors; None for the one that ships.

    Raises:
        DefinitionErrors: Two tools have one name, or a pinned one is not there.
    """

    def __init__(
        self, name: str, tools: Iterable[Declared], *, pinned: Collection[str] = (), embedder: Embedder | None = None
    ) -> None:
        self.name = name
        self.tools: Mapping[str, Declared] = check_toolbox(name, tools, pinned, where=place_of_caller())
        self._pinned, self._embedder = frozenset(pinned), embedder
        self._making = threading.Lock()
        self._index: ToolIndex | None = None
        self.chooser, self.search_tools = self._reads()
        self._experience = Experience(self.chooser.name, lambda: self.index)

    @property
    def index(self) -> ToolIndex:
        """What ranks the tools; made when it is first asked for."""
        with self._making:
            if self._index is None:
                cards = [card_of(tool, pinned=name in self._pinned) for name, tool in self.tools.items()]
                made = ToolIndex(self._embedder or default_embedder([card.meaning for card in cards]))
                made.add(*cards)
                _warn_of_twins(self.name, made)
                self._index = made
            return self._index

    async def choose(
        self, query: str, *, given: Collection[str] | None = None, allowed: Collection[str] | None = None
    ) -> list[ToolMatch]:
        """Return the tools that fit, best first; inside a step it is a read on record.

        Args:
            query: What is wanted, in words.
            given: Names of the arguments that there are; a tool that requires another one is left out. None: whoever
                calls can make any.
            allowed: Names of the tools that may be used; None for all.
        """
        return list((await self.explain(query, given=given, allowed=allowed)).matches)

    async def explain(
        self, query: str, *, given: Collection[str] | None = None, allowed: Collection[str] | None = None
    ) -> ToolChoice:
        """As `choose`, with those that were left out, and why."""
        return await self.chooser(
            query, None if given is None else sorted(given), None if allowed is None else sorted(allowed)
        )

    def state(
        self,
        name: str,
        /,
        *,
        query: str,
        give: str | None = None,
        take: Mapping[str, str] | None = None,
        allowed: str | None = None,
    ) -> State[object, None]:
        """Use it as a state of a machine: it calls the tool that fits best, with arguments from the record.

        A parameter is taken from the field of its own name, unless `take` says another; a field that is None is not
        there. What fails is the state's failure: `on_error` says what is tried instead.

        Args:
            name: The state's name.
            query: The field that says in words what is wanted.
            give: The field that receives the result; None drops it.
            take: A tool's parameter to our field, for all tools.
            allowed: The field that lists the names of the tools that may be used; None for all.
        """
        fields = {"query": query, "give": give, "allowed": allowed}
        return State(ToolChoiceState(name, self, fields, take=dict(take or {}), where=place_of_caller()))

    # ----- learning

    async def learn(self, engine: Engine) -> int:
        """Learn from all calls of chosen tools that ended in an engine's runs since the last time.

        What a tool was chosen for and did well makes it likelier to be chosen for the like of it; how often it does
        well at a step, and how fast, is weighed too. Only journals are read, so that nothing is lost with a process.

        Returns:
            How many calls there were.
        """
        return await self._experience.learn(engine)

    def learning(self, engine: Engine) -> AbstractAsyncContextManager[None]:
        """Learn whenever something has happened in an engine's runs, for as long as the context is open."""
        return self._experience.following(engine)

    # ----- choosing

    def _reads(self) -> tuple[Choosing, Tool[[str], Awaitable[ToolsFound]]]:
        async def choose(query: str, given: list[str] | None, allowed: list[str] | None) -> ToolChoice:
            await self._made()
            return self._chosen(query, given, allowed)

        async def search_tools(query: str) -> ToolsFound:
            """Find tools by what they are wanted for."""
            await self._made()
            matches = self._chosen(query, None, None).matches
            return ToolsFound(query, [found_of(self.tools[match.name]) for match in matches])

        choose.__name__ = f"choose_{self.name}"
        own = ToolPolicy(writes=False, plays_itself=True)
        return Tool(choose, own), Tool(search_tools, own)

    async def _made(self) -> None:
        """Make the index where it is not there yet, beside the event loop: of thousands of tools it takes a second."""
        if self._index is None:
            await asyncio.get_running_loop().run_in_executor(None, lambda: self.index)

    def _chosen(self, query: str, given: list[str] | None, allowed: list[str] | None) -> ToolChoice:
        about = _about()
        filtering = _Filtering(self, given, allowed, about)
        asked = Asked(
            query=query,
            step="" if about is None else place(about.step),
            admits=filtering.admits,
            now_ms=time.time_ns() // 1_000_000,
            chance=_chance(query, about),
        )
        ranked = self.index.rank(asked)
        matches = tuple(ToolMatch(one.name, round(one.score, 4), filtering.why(one)) for one in ranked)
        return ToolChoice(query, matches, tuple(filtering.left_out[:LEFT_OUT_MAX]))


class _Filtering:
    """Says of each tool that fits whether it can be called now, and remembers why not."""

    def __init__(
        self, router: ToolRouter, given: list[str] | None, allowed: list[str] | None, about: Current | None
    ) -> None:
        self.left_out: list[LeftOut] = []
        self._tools, self._about = router.tools, about
        self._given = None if given is None else frozenset(given)
        self._allowed = None if allowed is None else frozenset(allowed)
        self._on_trial: set[str] = set()

    def admits(self, card: ToolCard) -> float:
        """Return 1 for a tool that can be called, 0 for another."""
        why = self._against(card)
        if why:
            self.left_out.append(LeftOut(card.name, why))
        return 0.0 if why else 1.0

    def why(self, ranked: Ranked) -> str:
        """Return why a tool is offered."""
        said = [f"words {ranked.words:.2f}", f"meaning {ranked.meaning:.2f}"]
        said += [f"record {ranked.record:.2f}"] if ranked.record != 1 else []
        said += ["put first to learn about it"] if ranked.explored else []
        said += ["tried again after it was left alone"] if ranked.name in self._on_trial else []
        return ", ".join(said)

    def _against(self, card: ToolCard) -> str:
        """Return what keeps a tool from being called; "" for nothing."""
        if self._allowed is not None and card.name not in self._allowed:
            return "it is not allowed here"
        if self._given is not None and not card.is_callable_with(self._given):
            return f"nothing gives {', '.join(sorted(card.required - self._given))}"
        if self._about is None:
            return ""
        health = self._about.health(self._tools[card.name])
        if health.on_trial and health.has_turn:
            self._on_trial.add(card.name)
        return "" if not health.is_open and health.has_turn else health.why


def _warn_of_twins(router: str, index: ToolIndex) -> None:
    """Say which tools can hardly be told apart; of very many tools nothing is said, for it takes the square of time."""
    twins = index.near_duplicates() if len(index) <= COMPARED_MAX else ()
    for first, second, likeness in twins[:TWINS_MAX]:
        _LOG.warning("%s: %s and %s read alike (%.2f); say what sets them apart", router, first, second, likeness)
    if len(twins) > TWINS_MAX:
        _LOG.warning("%s: and %d more pairs of tools", router, len(twins) - TWINS_MAX)


def _about() -> Current | None:
    """Return the step that chooses; None outside a run."""
    try:
        return current()
    except NotRunningError:
        return None


def _chance(query: str, about: Current | None) -> float:
    """Return a number in [0, 1) that is another one for each choice of each run, and the same when it is made again."""
    if about is None:
        return 0.5
    drawn = hashlib.sha256(f"{about.run_id}\x1f{about.step}\x1f{query}".encode()).hexdigest()
    return int(drawn[:_CHANCE_DIGITS], 16) / 16**_CHANCE_DIGITS
