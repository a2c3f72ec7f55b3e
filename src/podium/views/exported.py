"""What `podium runs export` wrote, read back: a run with its graph and events, or an error that names the line.

A file is data from anywhere. Its lines are read one by one; of each, types and bounds are checked before it is looked
into, events are folded by the law, and nothing in it is executed, looked up or drawn before that.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from podium.core.codec import decode, to_text
from podium.core.events import CORE_VERSION, Event, RunForked, RunRewound, RunStarted, ScopeOpened
from podium.core.evolve import evolve
from podium.core.invariants import check
from podium.core.state import RunState
from podium.engine.ports import RunInfo
from podium.errors import DamagedError, InvariantError, PodiumError, UnknownEventError
from podium.export_errors import BadExportError, CutExportError, NewerExportError
from podium.graph.check import check_graph
from podium.graph.encode import graph_from_json, graph_hash
from podium.graph.nodes import Graph, GraphKind
from podium.views.lines import EXPORT_VERSION
from podium.views.record import Record
from podium.views.view import object_text

LINE_CHARS_MAX = 64_000_000
EVENTS_MAX = 1_000_000
_GRAPH = TypeAdapter(Graph)
_ROW = TypeAdapter(RunInfo)
_BEARABLE = frozenset({"unreachable", "dead-end"})
"""Faults of a graph that can be walked and drawn none the less."""
_AGAIN = "export the run again: podium runs export RUN -o FILE"
_UPGRADE = "read it with that version, or a later one"

_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError)
"""What reading something that is not as it was written may raise."""


def read_export(text: str | bytes | Iterable[str]) -> Record:
    """Return the run that an exported journal tells of.

    Args:
        text: The whole file, UTF-8, or its lines, with or without their breaks.

    Raises:
        BadExportError: It is none, or damaged. CutExportError: Its end is missing. NewerExportError: It is of a later
            version of Podium.
    """
    lines = enumerate(_lines(text), 1)
    number, head = next(lines, (1, ""))
    with from_outside(number):
        record, graph = _header(_object(head, number))
    events: list[Event] = []
    state = RunState(record.id, graph)
    for number, line in lines:
        if not line.strip():
            continue
        with from_outside(number):
            _take(state, _event(_object(line, number), number, after=len(events)), events, number)
    with from_outside(number):
        check(state)
    return Record(_ended(record, state, events, number), graph, events)


@contextmanager
def from_outside(line: int = 1) -> Iterator[None]:
    """Turn whatever reading a journal from outside raises into an error about it, at a line where none is named.

    For whoever looks further into what `read_export` gave, too: a copied state in it is as its writer liked.
    """
    try:
        yield
    except BadExportError:
        raise
    except UnknownEventError as error:
        raise NewerExportError(line, str(error), do=_UPGRADE) from error
    except (DamagedError, InvariantError) as error:
        raise BadExportError(line, str(error), do=_AGAIN) from error
    except PodiumError:
        raise
    except _UNREADABLE as error:
        why = f"it does not fit what came before it ({type(error).__name__})"
        raise BadExportError(line, why, do=_AGAIN) from error


def _lines(text: str | bytes | Iterable[str]) -> Iterator[str]:
    if isinstance(text, bytes):
        text = _decoded(text)
    yield from text.split("\n") if isinstance(text, str) else text


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadExportError(line, "it is not UTF-8 text, as an exported journal is", do=_AGAIN) from error


def _object(line: str, number: int) -> dict[str, Any]:
    """Return the JSON object that a line is."""
    if len(line) > LINE_CHARS_MAX:
        why = f"it has {len(line)} characters, and no line of a journal has more than {LINE_CHARS_MAX}"
        raise BadExportError(number, why, do=_AGAIN)
    try:
        plain = from_json(line)
    except (ValueError, TypeError) as error:  # a TypeError: of half a character
        what = "the header of an exported journal" if number == 1 else "an event"
        why = f"expected {what}, a JSON object, and this is none: {str(error)[:200]}"
        raise BadExportError(number, why, do=_AGAIN) from error
    if not isinstance(plain, dict):
        raise BadExportError(number, f"expected a JSON object, not a {type(plain).__name__}", do=_AGAIN)
    return plain


def _header(plain: Mapping[str, Any]) -> tuple[RunInfo, Graph]:
    version = plain.get("podium_export")
    if not isinstance(version, int) or isinstance(version, bool):
        why = 'expected the header of an exported journal, {"podium_export": 1, …}'
        raise BadExportError(1, why, do="give a file that `podium runs export RUN -o FILE` wrote")
    core = plain.get("core", 1)
    if version > EXPORT_VERSION or not isinstance(core, int) or core > CORE_VERSION:
        why = f"export version {version}, core {core}; this Podium reads up to {EXPORT_VERSION}, core {CORE_VERSION}"
        raise NewerExportError(1, why, do=_UPGRADE)
    info = _row(plain.get("run"))
    graph = _checked(graph_from_json(to_text(plain.get("graph"))))
    found = graph_hash(graph)
    if found != info.graph_hash:
        why = f"its graph was changed: the run goes by {info.graph_hash}, and this one is {found}"
        raise BadExportError(1, why, do=_AGAIN)
    return info, graph


def _row(plain: Any) -> RunInfo:
    names = {field.name for field in fields(RunInfo)} - {"input", "output"}
    try:
        return _ROW.validate_python({name: value for name, value in plain.items() if name in names})
    except (ValidationError, AttributeError) as error:
        raise BadExportError(1, "the run in its header is not as `podium runs export` writes it", do=_AGAIN) from error


def _checked(graph: Graph) -> Graph:
    """Return a graph whose types and shape were looked at, and of all graphs inside it."""
    sound = _GRAPH.validate_python(asdict(graph))
    _check_shape(sound)
    return sound


def _check_shape(graph: Graph) -> None:
    faults = [fault for fault in check_graph(graph) if fault.code not in _BEARABLE]
    if faults or (graph.kind is GraphKind.MACHINE and graph.start not in graph.nodes):
        message = f"its graph is unsound: {faults[0] if faults else 'it begins nowhere'}"
        raise DamagedError(message)
    for name, node in graph.nodes.items():
        if name != node.name or not name.isidentifier():
            message = f"its graph has a node that is called {name[:50]!r}"
            raise DamagedError(message)
        if node.child is not None:
            _check_shape(node.child)


def _event(plain: dict[str, Any], line: int, *, after: int) -> Event:
    try:
        seq, kind, at = plain.pop("seq"), plain.pop("kind"), plain.pop("at")
        path = plain.pop("path", "")
    except KeyError as error:
        why = f"expected an event with its number, kind and time; there is no {error}"
        raise BadExportError(line, why, do=_AGAIN) from error
    if (type(seq), type(kind), type(at), type(path)) != (int, str, int, str):
        raise BadExportError(line, "the number, kind, time or step of its event is of another type", do=_AGAIN)
    if seq != after + 1:
        raise BadExportError(line, f"expected event {after + 1}, and this is event {seq}", do=_AGAIN)
    if seq > EVENTS_MAX:
        raise BadExportError(line, f"more than {EVENTS_MAX} events are not read", do="look at the run where it is")
    given = {name: _TEXTS[name](value) if name in _TEXTS else value for name, value in plain.items()}
    return decode(kind, path, at, to_text(given))


def _take(state: RunState, event: Event, events: list[Event], line: int) -> None:
    is_first = isinstance(event, RunStarted | RunForked)
    if is_first != (not events) or (isinstance(event, RunStarted | RunForked) and event.run_id != state.run_id):
        why = f"expected the begin of run {state.run_id}" if not events else "a run begins once"
        raise BadExportError(line, why, do=_AGAIN)
    if events and event.at < events[-1].at:
        raise BadExportError(line, "its time is before that of the event before it", do=_AGAIN)
    if isinstance(event, ScopeOpened) and event.graph:
        _checked(graph_from_json(event.graph))
    evolve(state, event)
    state.touched.clear()
    if isinstance(event, RunForked | RunRewound):
        for plan in state.plans.values():
            _checked(plan)
    events.append(event)


def _ended(info: RunInfo, state: RunState, events: list[Event], line: int) -> RunInfo:
    """Return the row with what the export leaves to its events."""
    if not events or len(events) < info.seq:
        why = f"it ends with event {len(events)} of {info.seq}"
        raise CutExportError(line, why, do="copy the file again, whole; or " + _AGAIN)
    given = events[0].data if isinstance(events[0], RunStarted) else state.root.data
    info.input, info.output = object_text(given), state.output
    return info


def _text(value: Any) -> str:
    return to_json(value).decode()


def _each(values: Any) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _lists(values: Any) -> dict[str, str]:
    return {name: _text(items)[1:-1] for name, items in values.items()}


_TEXTS = {
    "answer": _text,
    "appends": _lists,
    "args": _text,
    "changes": _each,
    "data": _each,
    "output": _text,
    "payload": _text,
    "result": _text,
    "snapshot": _text,
}
"""Fields that hold JSON as text: how each is written again; the other way of `lines.event_line`."""
