"""Breakers as the processes of one file tell each other of them, and what people ordered: rows, and work on them."""

import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from podium.core.codec import legible
from podium.engine.guard_store import BreakerRow, BreakerSwitch, Override

_ADD = "INSERT OR IGNORE INTO breakers VALUES (?, 'closed', 0, '', 0, 0)"
_PUT = (
    "INSERT INTO breakers VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (name) DO UPDATE SET state = excluded.state,"
    " until = excluded.until, why = excluded.why, version = version + 1, at = excluded.at"
    " WHERE state <> 'open' OR iif(excluded.state = 'open', excluded.until > until, until <= excluded.at)"
)
_IS_KNOWN = "SELECT 1 FROM breakers WHERE name = ?"
_OVERRIDE = "INSERT INTO breaker_overrides VALUES (NULL, ?, ?, ?, ?, ?, ?)"
_ANEW = "UPDATE breakers SET state = 'closed', until = 0, why = '', version = version + 1, at = ? WHERE name = ?"
_BREAKERS = (
    "SELECT breakers.name, state, breakers.until, why, version, breakers.at,"
    " switch, given.until, by, reason, given.at FROM breakers LEFT JOIN breaker_overrides AS given"
    " ON given.no = (SELECT max(no) FROM breaker_overrides WHERE name = breakers.name) ORDER BY breakers.name"
)
_OVERRIDES = "SELECT switch, until, by, reason, at FROM breaker_overrides WHERE name = ? ORDER BY no"


def add(connection: sqlite3.Connection, names: Collection[str]) -> None:
    """Make breakers known."""
    connection.executemany(_ADD, [(name,) for name in sorted(names)])


def put(connection: sqlite3.Connection, row: BreakerRow) -> None:
    """Take a change over, unless the breaker is open for longer."""
    connection.execute(_PUT, (row.name, row.state, row.until, legible(row.why), row.at))


def override(connection: sqlite3.Connection, order: Override) -> bool:
    """Record an order for a breaker that is known."""
    if connection.execute(_IS_KNOWN, (order.name,)).fetchone() is None:
        return False
    texts = (legible(order.by), legible(order.reason))
    connection.execute(_OVERRIDE, (order.name, order.switch.value, order.until, *texts, order.at))
    if order.switch is BreakerSwitch.AUTO:
        connection.execute(_ANEW, (order.at, order.name))
    return True


def breakers(connection: sqlite3.Connection) -> list[BreakerRow]:
    """Return all breakers with the last order for each."""
    return [_row(columns) for columns in connection.execute(_BREAKERS)]


def overrides(connection: sqlite3.Connection, name: str) -> list[Override]:
    """Return the orders for a breaker, oldest first."""
    return [_order(name, columns) for columns in connection.execute(_OVERRIDES, (name,))]


def _row(columns: Sequence[Any]) -> BreakerRow:
    name, state, until, why, version, at, *order = columns
    given = None if order[0] is None else _order(name, order)
    return BreakerRow(name=name, state=state, until=until, why=why, version=version, at=at, override=given)


def _order(name: str, columns: Sequence[Any]) -> Override:
    switch, until, by, reason, at = columns
    return Override(name=name, switch=BreakerSwitch(switch), until=until, by=by, reason=reason, at=at)
