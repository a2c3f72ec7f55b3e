"""What an author's function shows without being called: where it is, whether it changed, what its code names."""

import dis
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from podium.graph.nodes import Place

_PACKAGE = Path(__file__).resolve().parents[1]
_OURS = tuple(str(_PACKAGE / name) for name in ("workflow", "routing", "agents"))
"""Where workflows are compiled: no author's code."""

_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})


def place_of(function: Callable[..., Any]) -> Place | None:
    """Return where a function is written; None where it has no Python source."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return Place(code.co_filename, code.co_firstlineno) if code else None


def place_of_caller() -> Place | None:
    """Return the line being executed that is of the author's own code."""
    frame = sys._getframe(1)  # noqa: SLF001  # the documented way costs a hundred times as much
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno)


def title_of(function: Callable[..., Any]) -> str:
    """Return the first line of a function's docstring."""
    text = inspect.getdoc(function) or ""
    return text.partition("\n")[0].strip()


def fingerprint(function: Callable[..., Any]) -> str:
    """Return 16 hex digits that change when the function's code does, and not when it moves to other lines."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return fingerprint_text(repr(_essence(code)) if code else repr(function))


def fingerprint_text(text: str) -> str:
    """Return 16 hex digits that change when `text` does."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def named_values(function: Callable[..., Any]) -> list[Any]:
    """Return what the function's code names: globals, closure variables, attributes of modules; each once.

    Functions of the same module that it names are looked into as well, one level deep.
    """
    own = list(_named(function))
    beside = [value for value in own if isinstance(value, FunctionType) and value.__module__ == function.__module__]
    inner = [value for helper in beside if helper is not function for value in _named(helper)]
    return list({id(value): value for value in own + inner}.values())


def _essence(code: CodeType) -> tuple[Any, ...]:
    """Return what a code object does, without where it stands."""
    return (code.co_code, tuple(_constant(value) for value in code.co_consts), code.co_names, code.co_varnames)


def _constant(value: object) -> object:
    if isinstance(value, CodeType):
        return _essence(value)
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    return value


def _named(function: Callable[..., Any]) -> Iterator[Any]:
    function = inspect.unwrap(function)
    code: CodeType | None = getattr(function, "__code__", None)
    if code is None:
        return
    names, attributes = set(_names(code)), set(_attributes(code))
    scope = dict(function.__globals__)
    cells = zip(code.co_freevars, function.__closure__ or (), strict=False)
    scope.update((name, cell.cell_contents) for name, cell in cells if _is_filled(cell))
    for name in sorted(names & scope.keys()):
        value = scope[name]
        yield value
        if isinstance(value, ModuleType):
            yield from (getattr(value, inner) for inner in sorted(attributes) if hasattr(value, inner))


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that code looks up by themselves: `post`, but not the `post` of `client.post`."""
    yield from (one.argval for one in dis.get_instructions(code) if one.opname in _LOADS)
    yield from code.co_freevars
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _names(value)


def _attributes(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _attributes(value)


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # asking is the only way to know
    except ValueError:
        return False
    return True
