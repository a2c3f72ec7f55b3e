"""Workflows that the server of these benches serves."""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import BaseModel

from bench.ours.dag import graph_of
from bench.ours.long import layered
from podium import END, START, StateMachine, step

PAUSE_S = 0.02
NODES = 500

Way = Literal["on", "there"]


class Walk(BaseModel):
    """How far it is, and how far it has gone."""

    goal: int = 400
    at: int = 0


@step
async def walk(way: Walk) -> Way:
    """Go a little, slowly enough to be followed."""
    await asyncio.sleep(PAUSE_S)
    way.at += 1
    return "on" if way.at < way.goal else "there"


@step
async def count(way: Walk) -> Way:
    """Go a little, at once."""
    way.at += 1
    return "on" if way.at < way.goal else "there"


walking = StateMachine("walking", Walk, START >> walk.choose({"on": walk, "there": END}), max_visits=100_000)
counting = StateMachine("counting", Walk, START >> count.choose({"on": count, "there": END}), max_visits=100_000)
large = graph_of("large", layered(NODES))
