"""Workflows for the dashboard to show: a wide graph that moves, a long journal, a run that waits."""

import asyncio
from typing import Any, Literal

from pydantic import BaseModel

from podium import END, START, Dag, StateMachine, step, tool, wait

LAYERS, WIDTH = 25, 20
"""500 nodes."""
_LEAST_S, _MORE_S = 0.2, 0.3


class Seed(BaseModel):
    """What the graph begins with."""

    seed: int = 1


@tool.read(timeout=20)
async def work(a: int) -> int:
    """Take a while, which is another one for each node."""
    await asyncio.sleep(_LEAST_S + _MORE_S * (a * 7919 % 100) / 100)
    return a * 31 % 9973 + 1


@tool.read(timeout=20)
async def join(a: int, b: int) -> int:
    """The same, of two."""
    return await work(a + b)


def _node(layer: int, column: int) -> Any:
    name = f"n{layer}_{column}"
    if layer == 0:
        return work.node(name, take={"a": "seed"})
    above = f"n{layer - 1}_{column}"
    if column % 4:
        return work.node(name, take={"a": above})
    return join.node(name, take={"a": above, "b": f"n{layer - 1}_{(column + 1) % WIDTH}"})


_nodes = [_node(layer, column) for layer in range(LAYERS) for column in range(WIDTH)]
wide: Dag[Seed, int] = Dag("wide", Seed, *_nodes, gives=_nodes[-1])


class Count(BaseModel):
    """What the long run counts."""

    until: int
    so_far: int = 0


@step
async def one(count: Count) -> None:
    """Count on."""
    count.so_far += 1


@step
async def enough(count: Count) -> Literal["yes", "no"]:
    """Stop here?"""
    return "yes" if count.so_far >= count.until else "no"


long = StateMachine("long", Count, START >> one >> enough.choose({"yes": END, "no": one}), max_visits=100_000)


class Word(BaseModel):
    """What a signal says."""

    word: str


class Spoken(BaseModel):
    """What was said."""

    word: Word | None = None


patient = StateMachine("patient", Spoken, START >> wait("word", Word, give="word") >> END)
