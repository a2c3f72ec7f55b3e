"""Virtual time and chance for the author's own modules: what they look up as `time`, `datetime` or `uuid4` there.

Only the modules of the workflow's functions are touched, and those of their package; only while a simulation runs. So a
step that asks what day it is, is told the virtual one, and two runs of one seed are told the same.
"""

import datetime as dt
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, TypeAlias

from podium.graph.nodes import Graph
from podium.testing.simulation.universe import Universe
from podium.workflow.workflow import Workflow

Names: TypeAlias = MutableMapping[str, Any]

_NS_PER_MS = 1_000_000

_OF_AGENTS = "pydantic_ai._utils"
"""Where the messages of agents get their times from."""


class Wall:
    """What the author's modules see in place of time and chance.

    Attributes:
        universe: Whose time it is now; None for none.
        chance: Draws what `uuid4` gives.
    """

    def __init__(self) -> None:
        self.universe: Universe | None = None
        self.chance = random.Random(0)  # noqa: S311  # chance that can be repeated is wanted

    @contextmanager
    def up(self, universe: Universe, seed: int) -> Iterator[None]:
        """Show the time of a universe, and draw from the beginning; the module `random` too."""
        before = random.getstate()
        self.universe, self.chance = universe, random.Random(seed)  # noqa: S311
        random.seed(seed)
        try:
            yield
        finally:
            self.universe = None
            random.setstate(before)

    @contextmanager
    def before(self, modules: list[Names]) -> Iterator[None]:
        """Put the stand-ins into modules, and take them out again."""
        stand_ins = self._stand_ins()
        put = [
            (names, name, value)
            for names in modules
            for name, value in list(names.items())
            if id(value) in stand_ins and not name.startswith("__")
        ]
        for names, name, value in put:
            names[name] = stand_ins[id(value)]
        try:
            yield
        finally:
            for names, name, value in put:
                names[name] = value

    # ----- what they see

    def now_ns(self) -> int:
        """Return the time since 1970 UTC."""
        return time.time_ns() if self.universe is None else self.universe.wall_ms() * _NS_PER_MS

    def mono_ns(self) -> int:
        """Return a time that only goes on."""
        return time.monotonic_ns() if self.universe is None else self.universe.now_ms * _NS_PER_MS

    def moment(self, zone: dt.tzinfo | None = None) -> dt.datetime:
        """Return the moment, as `datetime.now` does."""
        return dt.datetime.fromtimestamp(self.now_ns() / 1e9, zone)

    def _uuid4(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def _stand_ins(self) -> Mapping[int, Any]:
        """Return what stands for what, by the identity of the real thing."""
        clocks: dict[Callable[..., Any], Callable[..., Any]] = {
            time.time: lambda: self.now_ns() / 1e9,
            time.time_ns: self.now_ns,
            time.monotonic: lambda: self.mono_ns() / 1e9,
            time.monotonic_ns: self.mono_ns,
            time.perf_counter: lambda: self.mono_ns() / 1e9,
            time.perf_counter_ns: self.mono_ns,
            time.sleep: lambda seconds: None,  # noqa: ARG005  # nothing has to be waited for
            time.localtime: lambda seconds=None: time.localtime(self._seconds(seconds)),
            time.gmtime: lambda seconds=None: time.gmtime(self._seconds(seconds)),
            uuid.uuid4: self._uuid4,
        }
        day, moment = self._date(), self._datetime()
        stand_ins: dict[int, Any] = {id(real): stand_in for real, stand_in in clocks.items()}
        stand_ins[id(dt.date)], stand_ins[id(dt.datetime)] = day, moment
        own = {real.__name__: stand_in for real, stand_in in clocks.items()}
        stand_ins[id(time)] = _like(time, own)
        stand_ins[id(uuid)] = _like(uuid, own)
        stand_ins[id(dt)] = _like(dt, {"date": day, "datetime": moment})
        return stand_ins

    def _seconds(self, seconds: float | None) -> float:
        return self.now_ns() / 1e9 if seconds is None else seconds

    def _datetime(self) -> type:
        told = {
            "real": dt.datetime,
            "now": staticmethod(lambda tz=None: self.moment(tz)),
            "today": staticmethod(self.moment),
            "utcnow": staticmethod(lambda: self.moment(dt.UTC).replace(tzinfo=None)),
        }
        return _Stands("datetime", (), told)

    def _date(self) -> type:
        return _Stands("date", (), {"real": dt.date, "today": staticmethod(lambda: self.moment().date())})


class _Stands(type):
    """A class that is another one but for a few of its functions; what it makes is of the other one."""

    real: type

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.real(*args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.real, name)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass.real if isinstance(subclass, _Stands) else subclass, cls.real)


def _like(module: Any, own: Mapping[str, Any]) -> SimpleNamespace:
    """Return what has all names of a module, some of them its own."""
    names = vars(module)
    return SimpleNamespace(**{**names, **{name: value for name, value in own.items() if name in names}})


def modules_of(workflow: Workflow[Any, Any]) -> list[Names]:
    """Return the global names of the modules in which a workflow's functions are, and of those in their packages."""
    found: dict[int, Names] = {}
    for function in _functions(workflow):
        names: Names = getattr(function, "__globals__", {})
        found[id(names)] = names
        package = names.get("__package__")
        for name, module in list(sys.modules.items()) if package else ():
            if name == package or name.startswith(f"{package}."):
                found[id(vars(module))] = vars(module)
    agents = sys.modules.get(_OF_AGENTS)
    return [*found.values(), *([] if agents is None else [vars(agents)])]


def _functions(workflow: Workflow[Any, Any]) -> Iterator[Any]:
    for place in _places(workflow.graph, ""):
        function = getattr(workflow.binding(place), "function", None)
        yield getattr(function, "function", function)
    for tool in workflow.tools.values():
        yield tool.function
        yield tool.reconciler
        yield None if tool.compensation is None else tool.compensation.function


def _places(graph: Graph, prefix: str) -> Iterator[str]:
    for node in graph.nodes.values():
        yield f"{prefix}{node.name}"
        if node.child is not None:
            yield from _places(node.child, f"{prefix}{node.name}/")
