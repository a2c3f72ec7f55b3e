"""`podium demo`: books a trip over real services, kills its own worker midway, and audits what came of it.

The services, the workers and the kill are real. This process conducts: it starts and ends the others, reads the
journal as anybody may, and believes in the end the ledgers of the services alone.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from pydantic import TypeAdapter

from podium.core.events import Event, RunCompleted, WriteIntended
from podium.demo.client import DeskClient
from podium.demo.desk.audit import Audit, read_audit
from podium.demo.desk.models import Fault
from podium.demo.desk.process import Desk, DeskNotStartedError, travel_desk
from podium.demo.picture import picture
from podium.demo.plan import Plan, fresh, planned
from podium.demo.process import Worker, WorkerEndedError, worker_process
from podium.demo.telling import OVER, known, words, writing_words
from podium.demo.travel import travel
from podium.demo.wish import EXAMPLES, Unclear, read_wish
from podium.demo.writing import Article, writing
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.errors import PodiumError

Tell = Callable[[str], None]

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
_PATIENCE_S: Final = 90.0
"""So long the run may take between two moments of the story."""

_IN_HAND_S: Final = 3.0
_LOOK_S: Final = 0.02
_FAULTS: Final = TypeAdapter(list[Fault])
