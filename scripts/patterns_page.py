"""Draw docs/patterns.md from the pattern cases: `python scripts/patterns_page.py`. A test holds it up to date."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from podium.testing.conformance.engines.patterns import branching, many, outside, shapes

PAGE = Path(__file__).resolve().parent.parent / "docs" / "patterns.md"

MODULES: tuple[ModuleType, ...] = (branching, shapes, many, outside)

_SECTION = re.compile(r"^# ----- (?P<number>\d+) (?P<title>.+?)\n(?P<code>.*?)(?=^# -----)", re.MULTILINE | re.DOTALL)
_NOTE = re.compile(r"  # (noqa|type: ignore).*$", re.MULTILINE)
_NAME = re.compile(r"^(?P<name>[A-Z_]+) = Case\(", re.MULTILINE)


class No(NamedTuple):
    """A pattern that Podium does not have: why, or what to do instead."""

    number: int
    title: str
    why: str


NO = (
    No(8, "Multi-merge", "A node runs once. What is to run once per branch is a map over what the branches gave."),
    No(9, "Structured discriminator", "A node waits for all that it names. For the fastest of equal reads: `Hedge`."),
    No(15, "Multiple instances, added while others run", "A map's list is known when it begins. A loop of steps that "
       "`current().start` runs adds more, and does not wait for them."),
    No(17, "Interleaved parallel routing", "An order that is free but not parallel can not be said; write one order."),
    No(18, "Milestone", "Nothing is enabled only while something else stands somewhere; a choice asks before it "
       "goes on."),
    No(19, "Cancel task", "A person gives up a parked step (`abort`) or ends the run; a step that moves has its "
       "`timeout=`."),
    No(22, "Recursion", "A workflow does not contain itself. A step can start a run of it (`current().start`)."),
    No(23, "Transient trigger", "A signal that nobody waits for is kept, never lost."),
    No(25, "Cancel region", "Only a failure ends part of a run: that of one node calls off its neighbours."),
    No(26, "Cancel multiple instances", "Only a failure does: the first failed item of a map."),
    No(27, "Complete multiple instances", "A map waits for all of its items."),
    No(28, "Blocking discriminator", "See 9."),
    No(29, "Cancelling discriminator", "See 9; a `Hedge` calls the slower ones off."),
    No(30, "Structured partial join", "A node waits for all that it names, not for n of them."),
    No(31, "Blocking partial join", "See 30."),
    No(32, "Cancelling partial join", "See 30."),
    No(33, "Generalised AND-join", "Nothing arrives at a node twice."),
    No(34, "Static partial join of instances", "A map waits for all of its items."),
    No(35, "Cancelling partial join of instances", "See 34."),
    No(36, "Dynamic partial join of instances", "See 34."),
    No(38, "General synchronizing merge", "A DAG has no cycles, and a machine nothing to merge."),
    No(39, "Critical section", "A `Bulkhead` bounds the calls of a tool in one process; nothing bounds steps across "
       "runs."),
    No(40, "Interleaved routing", "See 17. A map with `concurrency=1` runs its items one by one, in order."),
    No(41, "Thread merge", "Nothing carries more than one thread."),
    No(42, "Thread split", "As 41; a map splits, and joins."),
)  # fmt: skip

HEAD = """# Control-flow patterns

The 43 patterns of the [workflow patterns initiative](https://www.workflowpatterns.com/patterns/control/), with its
numbers: which of them Podium has, with an example each, and which not. Each example is also a case that every engine
is held to (`podium.testing.conformance.engines`); this page is drawn from them.

{summary}

## What the examples share

```python
import asyncio
from typing import Literal

from pydantic import BaseModel

from podium import END, START, Approve, Dag, Reject, StateMachine, Status, current, days, human, node, step, wait
from podium.testing.conformance.engines import Case, UrlStage, check as play_and_check
from podium.testing.conformance.engines.case import Answer, Cancel, Signal


def holds(case: Case) -> None:
    \"\"\"Play a case, and see that it ends as it says.\"\"\"
    asyncio.run(play_and_check(case, UrlStage("memory:")))
```

"""


class Yes(NamedTuple):
    """A pattern that Podium has."""

    number: int
    title: str
    code: str


def examples() -> list[Yes]:
    """Return the examples, in the order in which one builds on another."""
    return [example for module in MODULES for example in _examples(Path(module.__file__ or "").read_text("utf-8"))]


def _examples(source: str) -> Iterator[Yes]:
    for found in _SECTION.finditer(source):
        code = _NOTE.sub("", found["code"]).strip()
        names = _NAME.findall(code)
        yield Yes(int(found["number"]), found["title"], code + "".join(f"\nholds({name})" for name in names))


def page() -> str:
    """Return the page."""
    return HEAD.format(summary=_summary()) + _shared() + "\n".join(_yes()) + "\n" + _no()


def _summary() -> str:
    yes = ", ".join(f"{each.number}" for each in sorted(examples()))
    no = ", ".join(f"{each.number}" for each in NO)
    return f"**Yes**, {len(examples())} of them: {yes}. **No**, {len(NO)}: {no}."


def _shared() -> str:
    """Return the models that the examples work on."""
    found = []
    for module in MODULES:
        source = Path(module.__file__ or "").read_text("utf-8")
        found += re.findall(r"^class .*?(?=^\n\n|\n\n\n)", source, re.MULTILINE | re.DOTALL)
    return "```python\n" + "\n\n\n".join(found) + "\n```\n\n"


def _yes() -> Iterator[str]:
    yield "## Yes\n"
    for each in examples():
        yield f"### {each.number} {each.title}\n\n```python\n{each.code}\n```\n"


def _no() -> str:
    rows = "\n".join(f"| {each.number} | {each.title} | {each.why} |" for each in NO)
    return f"## No\n\n| | pattern | why, and what to do |\n|---|---|---|\n{rows}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
