"""How parts of an engine that do not know what keeps its tasks have something done beside them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
"""Runs a task of the engine's own and keeps it until it is over; a bug in it is logged."""
