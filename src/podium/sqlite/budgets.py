"""Budgets: what was spent, what is reserved for calls under way, and the one transaction that refuses."""

import sqlite3
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from podium.engine.guard_store import BudgetRow, Reservation

_IS_RESERVED = "SELECT 1 FROM reservations WHERE id = ?"
_KNOWN = (
    "INSERT INTO budgets VALUES (?, ?, ?, 0, 0, ?) ON CONFLICT (name) DO UPDATE"
    " SET money_max = excluded.money_max, tokens_max = excluded.tokens_max, at = excluded.at"
)
_RESERVE = "INSERT INTO reservations VALUES (?, ?, ?, ?, ?)"
_SETTLE = "DELETE FROM reservations WHERE id = ? RETURNING budget, money, tokens"
_SPEND = (
    "UPDATE budgets SET money_spent = money_spent + ?, tokens_spent = tokens_spent + ?, at = max(at, ?) WHERE name = ?"
)
_BUDGETS = (
    "SELECT name, money_max, tokens_max, money_spent, tokens_spent, ifnull(sum(money), 0), ifnull(sum(tokens), 0),"
    " budgets.at FROM budgets LEFT JOIN reservations ON budget = name {where} GROUP BY name ORDER BY name"
)
_COLUMNS = [field.name for field in fields(BudgetRow)]
_BUDGET = _BUDGETS.format(where="WHERE name = ?")
_ALL = _BUDGETS.format(where="")


def reserve(connection: sqlite3.Connection, wanted: Reservation) -> BudgetRow | None:
    """Reserve, unless it would go beyond a limit; then return how the budget stands."""
    if connection.execute(_IS_RESERVED, (wanted.id,)).fetchone() is not None:
        return None
    connection.execute(_KNOWN, (wanted.budget, wanted.money_max, wanted.tokens_max, wanted.at))
    (there,) = [_row(columns) for columns in connection.execute(_BUDGET, (wanted.budget,))]
    if not there.admits(wanted):
        return there
    connection.execute(_RESERVE, (wanted.id, wanted.budget, wanted.money, wanted.tokens, wanted.at))
    return None


def settle(connection: sqlite3.Connection, reservation_id: str, *, spent: tuple[int, int] | None, at: int) -> None:
    """Replace a reservation by what was spent."""
    row = connection.execute(_SETTLE, (reservation_id,)).fetchone()
    if row is not None:
        budget, *reserved = row
        connection.execute(_SPEND, (*(reserved if spent is None else spent), at, budget))


def budgets(connection: sqlite3.Connection) -> list[BudgetRow]:
    """Return how all budgets stand."""
    return [_row(columns) for columns in connection.execute(_ALL)]


def _row(columns: Sequence[Any]) -> BudgetRow:
    return BudgetRow(**dict(zip(_COLUMNS, columns, strict=True)))
