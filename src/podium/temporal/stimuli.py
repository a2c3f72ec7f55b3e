"""News as JSON text and back: what activities report and clients ask is decided in the workflow."""

import json
from collections.abc import Callable
from dataclasses import fields
from types import MappingProxyType
from typing import Any, get_args

from podium.core import stimuli as st
from podium.core.codec import read_failure, to_text
from podium.failure import Failure

_KINDS = MappingProxyType({cls.__name__: cls for cls in (*get_args(st.Stimulus), *get_args(st.Outcome))})


def pack(news: st.Stimulus) -> str:
    """Return news as JSON text."""
    return to_text(_plain(news))


def unpack(text: str) -> st.Stimulus:
    """Return the news that `pack` wrote."""
    news: st.Stimulus = _read(json.loads(text))
    return news


def _plain(value: Any) -> list[Any]:
    return [type(value).__name__, {field.name: _value(getattr(value, field.name)) for field in fields(value)}]


def _value(value: Any) -> Any:
    if isinstance(value, Failure):
        return to_text(value)
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    return _plain(value) if type(value).__name__ in _KINDS else value


def _read(pair: list[Any]) -> Any:
    kind, plain = pair
    cls = _KINDS[kind]
    given = {
        name: _READ[name](value) if name in _READ and value is not None else value for name, value in plain.items()
    }
    if cls is st.Halted:
        given["reason"] = st.ParkReason(given["reason"])
    return cls(**given)


def _failures(texts: list[str]) -> tuple[Failure, ...]:
    return tuple(map(read_failure, texts))


def _posts(plain: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {board: tuple(posted) for board, posted in plain.items()}


_READ: MappingProxyType[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "failure": read_failure,
        "doubt": read_failure,
        "causes": _failures,
        "outcome": _read,
        "verb": st.Verb,
        "posts": _posts,
    }
)
"""How a field's value is read that is not as plain as it was written."""
