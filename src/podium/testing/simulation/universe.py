"""Virtual time, and the one queue of everything that happens in a simulated run."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from itertools import count
from typing import Any

from podium.testing.clock import START_MS
from podium.testing.simulation.loop import Alarm, SimLoop, Turn, process_loop
from podium.testing.simulation.threads import SimThreads

TURNS_MAX = 200_000
"""A simulated run that takes more is stuck in a loop that never waits."""

POLLS = 3
"""So often is looked, a second apart, whether something happened; then nothing can have."""

POLL_PAUSE_MS = 1_000

_ROUNDS = 5
"""A task may begin others while it ends, and they too are told so often to end."""


class Stuck(Exception):  # noqa: N818  # what became of a run
    """A simulated run does not get on, and does not wait for anything either."""

    def __init__(self) -> None:
        super().__init__(f"after {TURNS_MAX} turns of the event loop it was still not over")


class Universe:
    """Time and turns.

    Args:
        start_ms: What the clocks on the wall show at the beginning.

    Attributes:
        now_ms: Virtual time since the beginning, which nobody can set back.
        jumped_ms: By how much the wall clocks were set forth or back.
        ready: Callbacks that are due, in order.
        uncaught: What loops were told that nobody caught.
        threads: Where sync steps run.
        context: Of what belongs to no process: nothing that one of them has set.
        coming: How many things the world itself is still going to do.
        wakes_at: Says when time next matters to a run that nobody holds, on the wall clock; None for never.
    """

    def __init__(self, *, start_ms: int = START_MS) -> None:
        self.start_ms = start_ms
        self.now_ms = self.jumped_ms = self.coming = 0
        self.ready: deque[Turn | Alarm] = deque()
        self.uncaught: list[dict[str, Any]] = []
        self.wakes_at: Callable[[], int | None] = lambda: None
        self.threads = SimThreads()
        self.context = copy_context()
        self.loop = process_loop(self, "world")
        self._alarms: list[tuple[int, int, Alarm]] = []
        self._polls: list[tuple[int, int, Alarm]] = []
        self._order = count()
        self._looked = 0
        self._turns = 0

    def wall_ms(self) -> int:
        """Return what clocks on the wall show, in ms since 1970 UTC."""
        return self.start_ms + self.now_ms + self.jumped_ms

    def set_alarm(self, at_ms: int, alarm: Alarm) -> None:
        """Let a callback be made at a time."""
        heapq.heappush(self._alarms, (max(at_ms, self.now_ms), next(self._order), alarm))

    def set_poll(self, at_ms: int, alarm: Alarm) -> None:
        """Let a callback be made at a time, or later where nothing can have happened before."""
        heapq.heappush(self._polls, (at_ms, next(self._order), alarm))

    def after(self, ms: int, callback: Callable[..., object], *args: Any) -> None:
        """Let the world itself do something, whoever is dead by then."""
        self.coming += 1
        self.set_alarm(self.now_ms + ms, Alarm((self._come, (callback, args)), self.loop, self.context))

    def _come(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self.coming -= 1
        callback(*args)

    def stir(self) -> None:
        """Something happened that a process sees only when it looks."""
        self._looked = 0

    def run(self, is_over: Callable[[], bool]) -> None:
        """Let everything happen, until it is over or nothing more will.

        Raises:
            Stuck: It goes on without time passing.
        """
        try:
            self.settle()
            while not is_over() and self._pass_time():
                self.settle()
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001  # what every event loop has to do

    def put_away(self, loops: Sequence[SimLoop]) -> None:
        """Let the tasks of processes end, as far as they do; time does not pass any more."""
        self._turns = 0
        left = list(self.ready)
        self.ready.clear()
        for loop in loops:
            left += loop.left + (loop.held or [])
            loop.is_dead, loop.held = False, None
        try:
            self._call_off(loops)
            self.ready.extend(left)  # what was cancelled meanwhile is left out
            for _ in range(_ROUNDS):
                self.settle()
                if not self._call_off(loops):
                    break
        except Stuck:
            self.ready.clear()
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001  # what every event loop has to do

    def _call_off(self, loops: Sequence[SimLoop]) -> bool:
        """Cancel every task, and say whether there was one."""
        tasks = [task for loop in loops for task in loop.tasks if not task.done()]
        for task in tasks:
            task.cancel()
        return bool(tasks)

    def settle(self) -> None:
        """Make everything that is due, and what follows from it at once."""
        ready, current = self.ready, None
        while ready:
            turn = ready.popleft()
            home = turn.home
            if turn.cancelled():
                continue
            if home.is_dead:
                home.left.append(turn)
                continue
            if home.held is not None:
                home.held.append(turn)
                continue
            if home is not current:
                asyncio._set_running_loop(home)  # noqa: SLF001  # what every event loop has to do
                current = home
            self._turns += 1
            if self._turns > TURNS_MAX:
                raise Stuck
            turn.make()

    def _pass_time(self) -> bool:
        """Go to when something is next due; say whether anything ever is."""
        alarm_at = self._next(self._alarms)
        poll_at = self._next(self._polls)
        if poll_at is not None and self._looked < POLLS:
            looks_at = poll_at if not self._looked else max(poll_at, self.now_ms + POLL_PAUSE_MS)
            if alarm_at is None or looks_at < alarm_at:
                self._looked += 1
                self._go_to(looks_at, self._polls)
                return True
        wake_at = self._wake_at() if poll_at is not None else None
        if wake_at is not None and (alarm_at is None or wake_at < alarm_at):
            self._looked = 1
            self._go_to(wake_at, self._polls)
            return True
        if alarm_at is None:
            return False
        self._go_to(alarm_at, self._alarms)
        return True

    def _wake_at(self) -> int | None:
        wall = self.wakes_at()
        if wall is None:
            return None
        at = wall - self.start_ms - self.jumped_ms
        return at if at > self.now_ms else self.now_ms + POLL_PAUSE_MS

    def _next(self, heap: list[tuple[int, int, Alarm]]) -> int | None:
        while heap and (heap[0][2].cancelled() or heap[0][2].home.is_dead):
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def _go_to(self, at_ms: int, heap: list[tuple[int, int, Alarm]]) -> None:
        self.now_ms = max(self.now_ms, at_ms)
        while heap and heap[0][0] <= self.now_ms:
            self.ready.append(heapq.heappop(heap)[2])


class ProcessClock:
    """Time as one process has it. It implements `engine.ports.Clock`."""

    def __init__(self, universe: Universe, loop: SimLoop) -> None:
        self._universe, self._loop = universe, loop
        self.now_ms = universe.wall_ms

    def mono_ms(self) -> int:
        """Return time as it goes on, whatever was done to the clock on the wall."""
        return self._universe.now_ms

    def call_at(self, at_ms: int, callback: Callable[[], None]) -> Alarm:
        """Call back at `at_ms` of the wall clock as it is now; see `SystemClock`."""
        return self._set(at_ms, callback, self._universe.set_alarm)

    def poll_at(self, at_ms: int, callback: Callable[[], None]) -> Alarm:
        """Call back then, or once something can have happened."""
        return self._set(at_ms, callback, self._universe.set_poll)

    def _set(self, at_ms: int, callback: Callable[[], None], put: Callable[[int, Alarm], None]) -> Alarm:
        universe = self._universe
        alarm = Alarm((callback, ()), self._loop, None)
        put(universe.now_ms + max(0, at_ms - universe.wall_ms()), alarm)
        return alarm

    async def sleep(self, ms: int) -> None:
        """Wait."""
        await asyncio.sleep(ms / 1000)
