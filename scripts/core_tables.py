"""Draw docs/core_tables.md from the tables of the core: `python scripts/core_tables.py`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from podium.core import tables

PAGE = Path(__file__).resolve().parent.parent / "docs" / "core_tables.md"

HEAD = """\
# What becomes of steps, writes and runs

Drawn from `src/podium/core/tables.py` by `python scripts/core_tables.py`; a test keeps it up to date. An event that has
no row for the status at hand can not happen: folding it is an `InvariantError`. Every row is used by the core's tests.
"""

SECTIONS = (
    (
        "A step",
        tables.STEP_TABLE,
        "It begins as `checking` where it has a condition, otherwise as the last table says.",
    ),
    (
        "A write",
        tables.WRITE_TABLE,
        "A person may decide about one in doubt: it is done, released, or to be made anew.",
    ),
    ("A run", tables.RUN_TABLE, "Compensation itself comes between `compensating` and the end of the run."),
)
NOTHING = "none"


def page() -> str:
    """Return the page's text."""
    parts = [HEAD, *(_section(title, table, note) for title, table, note in SECTIONS), _first()]
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")
    print(f"wrote {PAGE}")


def _section(title: str, table: Mapping[tuple[Any, type], Any], note: str) -> str:
    rows = [(str(status or NOTHING), event.__name__, str(to)) for (status, event), to in table.items()]
    return f"## {title}\n\n{note}\n\n{_diagram(rows)}\n{_table(('status', 'event', 'becomes'), rows)}"


def _diagram(rows: Iterable[tuple[str, str, str]]) -> str:
    lines = [f"    {status} --> {to}: {event}" for status, event, to in rows]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


def _first() -> str:
    rows = [(str(kind), str(status)) for kind, status in tables.START_TABLE.items()]
    note = "A map is `inside` its items at once, and so is a nested workflow once its input was made."
    return f"## What a step does first\n\n{note}\n\n{_table(('kind of node', 'status'), rows)}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(f"`{cell}`" for cell in row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
