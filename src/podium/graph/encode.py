"""A graph as JSON and back, and its hash: what a run keeps of the workflow that it started with."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

from podium.graph.nodes import (
    Graph,
    GraphKind,
    Handler,
    Need,
    Node,
    NodeKind,
    OnFailure,
    OnItemError,
    Place,
    ToolFacts,
)

_UNHASHED = frozenset({"where", "limits", "title", "fallback"})
"""What may change in a node without changing where a run may stand in it."""


def graph_to_json(graph: Graph) -> str:
    """Return the graph as JSON text; the same graph always gives the same text."""
    return json.dumps(_plain(graph, without=frozenset()), ensure_ascii=False, separators=(",", ":"))


def graph_hash(graph: Graph) -> str:
    """Return 16 hex digits that change when structure or schemas do, and not with line numbers, titles, policies."""
    text = json.dumps(_plain(graph, without=_UNHASHED), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def node_to_json(node: Node) -> str:
    """Return one node as JSON text."""
    return json.dumps(_plain(node, without=frozenset()), ensure_ascii=False, separators=(",", ":"))


def node_from_json(text: str) -> Node:
    """Return the node that `node_to_json` wrote."""
    return _node(json.loads(text))


@lru_cache(maxsize=64)
def graph_from_json(text: str) -> Graph:
    """Return the graph that `graph_to_json` wrote; remembered, because a worker recovers many runs of few graphs."""
    return _graph(json.loads(text))


def _plain(value: object, *, without: frozenset[str]) -> Any:
    """Return dataclasses as dicts without what equals its default's emptiness, mappings and tuples likewise."""
    if isinstance(value, Graph | Node | Handler | Need | ToolFacts | Place):
        pairs = ((item.name, getattr(value, item.name)) for item in fields(value) if item.name not in without)
        return {name: _plain(inner, without=without) for name, inner in pairs if not _is_empty(inner)}
    if isinstance(value, Mapping):
        return {name: _plain(inner, without=without) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner, without=without) for inner in value]
    return value


def _is_empty(value: object) -> bool:
    """Claim that a value says no more than its absence; a duration of 0 does say something."""
    return value is None or value is False or value in ((), {}, "")


def _graph(plain: dict[str, Any]) -> Graph:
    nodes = {name: _node(inner) for name, inner in plain.pop("nodes", {}).items()}
    fields_of = plain.pop("fields", {})
    kind, on_failure = GraphKind(plain.pop("kind")), OnFailure(plain.pop("on_failure"))
    return Graph(kind=kind, nodes=nodes, fields=fields_of, on_failure=on_failure, **plain)


def _node(plain: dict[str, Any]) -> Node:
    read: dict[str, Any] = dict(plain)
    read["kind"] = NodeKind(plain["kind"])
    read["on_item_error"] = OnItemError(plain["on_item_error"])
    read["tools"] = tuple(_tool(facts) for facts in plain.get("tools", ()))
    read["needs"] = tuple(Need(**need) for need in plain.get("needs", ()))
    read["handlers"] = tuple(_handler(inner) for inner in plain.get("handlers", ()))
    read["limits"] = tuple(plain.get("limits", ()))
    read["boards"] = tuple(plain.get("boards", ()))
    if "where" in plain:
        read["where"] = Place(**plain["where"])
    if "child" in plain:
        read["child"] = _graph(plain["child"])
    return Node(**read)


def _tool(plain: dict[str, Any]) -> ToolFacts:
    texts = {name: tuple(plain.get(name, ())) for name in ("limits", "fallback")}
    return ToolFacts(**{"writes": False, **plain, **texts})


def _handler(plain: dict[str, Any]) -> Handler:
    return Handler(**{**plain, "types": tuple(plain["types"])})
