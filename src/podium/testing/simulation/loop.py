"""The event loop of one simulated process: callbacks and timers go to the universe, which makes them in its own order.

All processes of a simulation share the universe's one queue, so that what they do is interleaved in the same way each
time, and a process that dies is one whose callbacks are not made any more.
"""

import asyncio
import math
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from contextvars import Context
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn

from podium.effects.context import CallContext
from podium.guard.caught import Raised, caught_now
from podium.testing.simulation.errors import OutsideError

if TYPE_CHECKING:
    from podium.testing.simulation.universe import Universe

Work = Coroutine[Any, Any, Any]

_MS_PER_S = 1000
_CALL = CallContext.make.__code__


class Turn(asyncio.Handle):
    """A callback to be made."""

    __slots__ = ("home",)

    def __init__(
        self, callback: Callable[..., object], args: tuple[Any, ...], home: "SimLoop", context: Context | None
    ) -> None:
        super().__init__(callback, args, home, context)
        self.home = home

    def make(self) -> None:
        """Make it; what it raises goes to the loop's handler."""
        self._run()


class Alarm(asyncio.TimerHandle):
    """A callback to be made at a time."""

    __slots__ = ("home",)

    def __init__(
        self, turn: tuple[Callable[..., object], tuple[Any, ...]], home: "SimLoop", context: Context | None
    ) -> None:
        super().__init__(0, turn[0], turn[1], home, context)
        self.home = home

    def make(self) -> None:
        """Make it; what it raises goes to the loop's handler."""
        self._run()


class SimTask(asyncio.Task[Any]):
    """A task that sets keep in the same order each time: by its number, not by where it lies in memory."""

    __slots__ = ("number",)

    def __init__(self, work: "Work", *, loop: "SimLoop", name: str | None, context: Context | None) -> None:
        self.number = next(loop.numbers)
        super().__init__(work, loop=loop, name=name or f"{loop.name}-{self.number}", context=context)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


class SimLoop(asyncio.AbstractEventLoop):
    """One process, as its code sees it.

    Attributes:
        name: Of the process.
        is_dead: Nothing of it is made any more.
        held: What waits while the process stands still; None while it does not.
        left: What was not made because it is dead.
        tasks: Its tasks, for when it is put away.
        numbers: Those of the tasks to come.
        calls: Calls of tools that were begun in tasks of their own: the task, the step, the tool.
    """

    def __init__(self, universe: "Universe", name: str) -> None:
        self.universe, self.name = universe, name
        self.is_dead = False
        self.held: list[Turn | Alarm] | None = None
        self.left: list[Turn | Alarm] = []
        self.tasks: list[SimTask] = []
        self.numbers = count()
        self.calls: list[tuple[SimTask, str, str]] = []
        self._asks_for_thread = False

    def call_soon(  # type: ignore[override]  # as every loop's
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Turn:
        """Make a callback once what was asked for before is made."""
        turn = Turn(callback, args, self, context)
        self.universe.ready.append(turn)
        return turn

    def call_later(  # type: ignore[override]  # as every loop's
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Make a callback after so many virtual seconds."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]  # as every loop's
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Make a callback at a virtual time."""
        alarm = Alarm((callback, args), self, context)
        self.universe.set_alarm(math.ceil(round(when * _MS_PER_S, 3)), alarm)
        return alarm

    def call_soon_threadsafe(  # type: ignore[override]  # as every loop's
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """As `call_soon`. A thread that asks for a call hands over to the loop, and goes on once that has ended."""
        threads = self.universe.threads
        if not threads.is_mine:
            return self.call_soon(callback, *args, context=context)
        turn = self.call_soon(self._ask_for_thread, callback, args, context=context)
        threads.hand_over()
        return turn

    def _ask_for_thread(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        """Make the call that a thread waits for: the task that is begun by this is it."""
        self._asks_for_thread = True
        callback(*args)
        self._asks_for_thread = False

    def _thread_goes_on(self, task: asyncio.Task[Any]) -> None:
        """The call has ended. What comes next tells the thread; nothing else may happen then before it hands over."""
        del task
        self.universe.threads.expect()
        self.universe.ready.insert(1, Turn(self.universe.threads.wait, (), self, None))

    def time(self) -> float:
        """Return virtual seconds since the simulated run began."""
        return self.universe.now_ms / _MS_PER_S

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Context | None = None, **_: Any) -> SimTask:
        """Begin a task."""
        task = SimTask(coro, loop=self, name=name, context=context)
        self.tasks.append(task)
        if getattr(coro, "cr_code", None) is _CALL and coro.cr_frame is not None:
            told = coro.cr_frame.f_locals
            self.calls.append((task, told["self"].path, told["tool"].name))
        if self._asks_for_thread:
            self._asks_for_thread = False
            task.add_done_callback(self._thread_goes_on)
        return task

    def run_in_executor(  # type: ignore[override]  # as every loop's
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run a function in a pool of the simulation's, or at once."""
        if executor is None:
            done = self.create_future()
            gave = caught_now(lambda: func(*args))
            done.set_exception(gave.error) if isinstance(gave, Raised) else done.set_result(gave)
            return done
        return asyncio.wrap_future(executor.submit(func, *args), loop=self)

    def get_task_factory(self) -> None:
        """Claim to have none; anyio asks."""

    def get_debug(self) -> bool:
        """Claim nothing."""
        return False

    def is_running(self) -> bool:
        """Claim to run: code that asks is run by it."""
        return True

    def is_closed(self) -> bool:
        """Claim to be open."""
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what nobody caught, for the story."""
        self.universe.uncaught.append(context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It is left out when its time comes."""

    async def shutdown_asyncgens(self) -> None:
        """Nothing is left open."""

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> NoReturn:
        """Refuse."""
        raise OutsideError(wanted=f"a look-up of {host}:{port}")

    async def create_connection(self, *args: Any, **_: Any) -> NoReturn:
        """Refuse."""
        raise OutsideError(wanted=f"a connection to {args[1:3]}")


def process_loop(universe: "Universe", name: str) -> SimLoop:
    """Return the loop of a process that begins."""
    return SimLoop(universe, name)  # type: ignore[abstract]  # what it leaves out, it refuses
