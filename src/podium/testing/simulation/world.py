"""The other side of a simulated run: what tools reach, with everything that can go wrong on the way there and back."""

import asyncio
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Protocol, TypeVar

from podium.core.path import is_undo, undone_path
from podium.errors import NotDone
from podium.guard.caught import Raised, caught, caught_now
from podium.testing.simulation.faults import (
    OF_AN_ANSWER,
    OUTAGE_MS,
    RETRY_AFTER_S,
    STALL_MS,
    USUAL,
    Answer,
    Fault,
    Flight,
    Incident,
    at_call,
    flight,
)
from podium.testing.simulation.ledger import Effect, Ledger
from podium.testing.simulation.loop import SimLoop
from podium.testing.simulation.scene import Scene

T = TypeVar("T")


class Unreadable:
    """Stands for a reply that is not what the tool's type says."""

    def __repr__(self) -> str:
        return "<unreadable>"


@dataclass(slots=True, kw_only=True)
class Request:
    """Something that is asked of the other side.

    Attributes:
        tool: A tool's name, or what the author's fake calls it.
        path: The step that asks.
        args: As JSON text.
        writes: It changes something there.
        slot: Names the call that it is a try of: the idempotency key of the engine.
        key: The key that the other side is sent and honours; None where it does not.
        life_ms: How long it honours it.
        timeout_ms: How long who asks will wait; None for ever.
        perform: Makes it happen, or finds the answer.
        unreadable: What who asks gets where the reply can not be read.
        is_real: It stands for a tool's own function: what happens in there is seen only as far as it tells.
        is_overtaken: Whoever asked may be gone: nothing more goes wrong.
        spoil: Returns what makes it happen so that its answer has a fault; None where answers have none of their own.
    """

    tool: str
    path: str
    args: str = "{}"
    writes: bool
    slot: str = ""
    key: str | None = None
    life_ms: int = 0
    timeout_ms: int | None = None
    perform: Callable[[], Any]
    unreadable: Any = field(default_factory=Unreadable)
    is_real: bool = False
    is_overtaken: bool = False
    spoil: Callable[[Fault], Callable[[], Any]] | None = None


class Busy(Exception):  # noqa: N818  # what a service says
    """A service's 429, in the shape that HTTP clients give it."""

    response = SimpleNamespace(status_code=429, headers={"retry-after": str(RETRY_AFTER_S)})


ASKING: ContextVar[Request | None] = ContextVar("podium_simulated_request", default=None)
"""The call whose real function is running."""


class Incidents(Protocol):
    """What may happen to processes."""

    def happens(self, incident: Incident, loop: SimLoop) -> None:
        """Let it happen to the process of that loop."""


class World:
    """What a fake service of the author's may use; each simulated run has a new one.

    Attributes:
        ledger: What has happened.
    """

    def __init__(self, scene: Scene, incidents: Incidents) -> None:
        self.ledger: Ledger = scene.ledger
        self._scene, self._universe, self._incidents = scene, scene.universe, incidents
        self._replies: dict[tuple[str, str], tuple[int, Any]] = {}
        self._down_until: dict[str, int] = {}
        self._in_air: Counter[str] = Counter()
        self._gave: dict[str, Any] = {}

    def now_ms(self) -> int:
        """Return the time on the wall, in ms since 1970 UTC."""
        return self._universe.wall_ms()

    async def act(
        self, name: str, effect: Callable[[], T | Awaitable[T]], *, key: str | None = None, args: str = "{}"
    ) -> T:
        """Let something happen at the other side, once what can go wrong on the way there and back has its say.

        Args:
            name: What it is called in the ledger.
            effect: Makes it happen, and gives the reply.
            key: For the same key, the other side gives its first reply again and does nothing; None: it keeps none.
            args: What was asked for, as JSON text; for the ledger.
        """
        request = _of_service(name, effect, writes=True)
        request.key, request.args = key, args
        done: T = await self.call(request)
        return done

    async def ask(self, name: str, answer: Callable[[], T | Awaitable[T]]) -> T:
        """Ask the other side something that changes nothing; things can go wrong as in `act`."""
        given: T = await self.call(_of_service(name, answer, writes=False))
        return given

    # ----- what tools do

    async def call(self, request: Request) -> Any:
        """Send a request, and wait for what comes of it."""
        way = self._begin(request)
        answer: asyncio.Future[Any] = _home().create_future()
        if way.lands_ms is not None:
            self._send(request, way, answer)
        if way.answer not in (Answer.RESULT, Answer.UNREADABLE, Answer.NEVER):
            self._universe.after(self._scene.pace(way.answer_ms), _fail, answer, way.answer)
        return await answer

    async def call_real(self, request: Request) -> Any:
        """Run a tool's own function in place of a request."""
        request.is_real = True
        way = self._begin(request)
        if way.is_overtaken:
            answer: asyncio.Future[Any] = _home().create_future()
            self._send(request, way, answer)
            return await answer
        gave: Any = None
        if way.lands_ms is not None:
            await asyncio.sleep(self._scene.pace(way.lands_ms) / 1000)
            gave = await self._performed(request)
            self._gave[request.slot] = gave
        await asyncio.sleep(max(0, way.answer_ms - (way.lands_ms or 0)) / 1000)
        return await _ended(way.answer, gave)

    def truth(self, slot: str) -> tuple[Any] | None:
        """Return what a call has led to, as somebody finds who looks; None where it did not happen."""
        effect = next((effect for effect in self.ledger if effect.key == slot), None)
        if effect is None:
            return None
        gave = self._gave.get(slot, effect.result)
        return (effect.result if isinstance(gave, Raised) else gave,)

    async def settled(self, slot: str) -> None:
        """Wait until nothing that was sent for a call is on its way any more: who is asked then can tell the truth."""
        while self._in_air[slot]:  # noqa: ASYNC110  # the time is virtual
            await asyncio.sleep(0.1)

    def _send(self, request: Request, way: Flight, answer: "asyncio.Future[Any]") -> None:
        """Let a request land when it has to; one that is sent only once its process goes on, if that lives then."""
        lands_ms = way.lands_ms or 0
        lands_ms = self._scene.pace(lands_ms) if lands_ms == USUAL.lands_ms else lands_ms
        if lands_ms > STALL_MS and way.incident is Incident.STALL:
            self._universe.after(lands_ms, self._land_from, _home(), (request, way, answer))
            return
        self._in_air[request.slot] += 1
        self._universe.after(lands_ms, self._in_air.subtract, (request.slot,))
        self._universe.after(lands_ms, self._land, request, way, answer)

    def _begin(self, request: Request) -> Flight:
        """Decide what goes wrong, and set it going."""
        fault = self._fault(request)
        if fault in OF_AN_ANSWER and request.spoil is not None:
            request.perform = request.spoil(fault)
        way = flight(fault, request.timeout_ms)
        self._scene.story.say(request.path, request)
        if fault is not None:
            self._scene.story.say(request.path, fault, is_fault=True)
        if way.incident is not None:
            self._universe.after(way.incident_ms, self._incidents.happens, way.incident, _home())
        return way

    def _fault(self, request: Request) -> Fault | None:
        if request.is_overtaken:
            return None
        if self._down_until.get(request.tool, 0) > self._universe.now_ms:
            return Fault.UNSENT
        options = at_call(writes=request.writes, timed=request.timeout_ms is not None)
        if request.spoil is not None:
            options += OF_AN_ANSWER
        if request.is_real:
            options = tuple(fault for fault in options if fault is not Fault.MALFORMED)
        fault = self._scene.director.choose(f"{request.path} {request.tool}", options)
        if fault is Fault.OUTAGE:
            self._down_until[request.tool] = self._universe.now_ms + OUTAGE_MS
        return fault

    # ----- the other side

    def _land_from(self, home: SimLoop, what: "tuple[Request, Flight, asyncio.Future[Any]]") -> None:
        if not home.is_dead:
            self._land(*what)

    def _land(self, request: Request, way: Flight, answer: "asyncio.Future[Any]") -> None:
        """The request has come through."""
        if request.is_real:
            request.is_overtaken = True
            self._universe.loop.create_task(self._run_late(request, way, answer))
            return
        known = self._known(request)
        if known is not None:
            self._reply(request, way, answer, known[0])
            return
        gave = caught_now(request.perform)
        if inspect.isawaitable(gave):
            self._universe.loop.create_task(self._land_later(request, way, answer, gave))
        else:
            self._reply(request, way, answer, self._noted(request, gave))

    async def _land_later(
        self, request: Request, way: Flight, answer: "asyncio.Future[Any]", gave: Awaitable[Any]
    ) -> None:
        self._reply(request, way, answer, self._noted(request, await caught(gave)))

    async def _run_late(self, request: Request, way: Flight, answer: "asyncio.Future[Any]") -> None:
        self._reply(request, way, answer, await self._performed(request))

    async def _performed(self, request: Request) -> Any:
        """Run the author's own function here and now."""
        outer = ASKING.set(request)
        try:
            gave = caught_now(request.perform)
            return await caught(gave) if inspect.isawaitable(gave) else gave
        finally:
            ASKING.reset(outer)

    def _known(self, request: Request) -> tuple[Any] | None:
        """Return the reply that the other side gave for that key before."""
        if request.key is None or not request.writes:
            return None
        known = self._replies.get((request.tool, request.key))
        if known is None or known[0] + request.life_ms <= self._universe.now_ms:
            return None
        self._scene.story.say("world", f"{request.tool} was done under that key before; the same reply")
        return (known[1],)

    def _noted(self, request: Request, gave: Any) -> Any:
        """Write down what happened."""
        if isinstance(gave, Raised):
            self._scene.story.say("world", f"{request.tool} is answered with {type(gave.error).__name__}: {gave.error}")
            return gave
        if not request.writes:
            return gave
        ledger = self.ledger
        effect = Effect(
            number=len(ledger) + 1, at_ms=self._universe.now_ms, tool=request.tool, path=request.path,
            key=request.slot, args=request.args, result=gave,
        )  # fmt: skip
        if is_undo(request.path):
            effect.undoes = undone_path(request.path)
            for done in list(ledger.stands_for(effect.undoes)):
                done.undone_by = effect.number
        ledger.effects.append(effect)
        if request.key is not None:
            self._replies[request.tool, request.key] = (self._universe.now_ms, gave)
        self._scene.story.say("world", effect)
        return gave

    def _reply(self, request: Request, way: Flight, answer: "asyncio.Future[Any]", gave: Any) -> None:
        if way.answer is Answer.UNREADABLE:
            gave = gave if isinstance(gave, Raised) else request.unreadable
        elif way.answer is not Answer.RESULT:
            return
        self._universe.after(max(0, way.answer_ms - (way.lands_ms or 0)), _deliver, answer, gave)


def _of_service(name: str, perform: Callable[[], Any], *, writes: bool) -> Request:
    """Return a request that a service of the author's makes, inside of a call of a tool's own function or outside."""
    request = Request(tool=name, path="", writes=writes, perform=perform)
    request.unreadable = Raised(ValueError("simulated: the reply can not be read"))
    asking = ASKING.get()
    if asking is not None:
        request.path, request.slot = asking.path, asking.slot
        request.life_ms, request.timeout_ms = asking.life_ms, asking.timeout_ms
        request.is_overtaken = asking.is_overtaken
    return request


def _home() -> SimLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimLoop), "tools are called in a simulated process"
    return loop


def _deliver(answer: "asyncio.Future[Any]", gave: Any) -> None:
    if answer.done():
        return
    if isinstance(gave, Raised):
        answer.set_exception(gave.error)
    else:
        answer.set_result(gave)


def _fail(answer: "asyncio.Future[Any]", how: Answer) -> None:
    if not answer.done():
        answer.set_exception(_error(how))


async def _ended(how: Answer, gave: Any) -> Any:
    if how is Answer.NEVER:
        return await _home().create_future()
    if isinstance(gave, Raised):
        raise gave.error
    if how is Answer.RESULT:
        return gave
    raise _error(how)


def _error(how: Answer) -> Exception:
    if how is Answer.REFUSED:
        return ConnectionRefusedError("simulated: the connection was refused")
    if how is Answer.NO:
        return NotDone("simulated: the other side says no")
    if how is Answer.BUSY:
        return Busy("simulated: 429, too many requests")
    return ConnectionResetError("simulated: the connection broke")
