"""A run as something to paste: `curl` that starts it again, Python that does, a pytest that pins what it did.

Whatever comes from the run is quoted: for a shell as one word, for Python as a literal of ASCII.
"""

import json
import shlex
from enum import StrEnum
from keyword import iskeyword
from typing import NamedTuple
from urllib.parse import quote

from podium.core import events as ev
from podium.core.path import ROOT
from podium.engine.ports import RunInfo
from podium.errors import RefusedError
from podium.graph.encode import graph_to_json
from podium.views.legible import parsed
from podium.views.lines import event_line, header_line
from podium.views.record import Record

BASE = "http://127.0.0.1:8800"
JOURNAL_CHARS_MAX = 200_000
"""A longer journal is not put into a test, but beside it."""


class Form(StrEnum):
    """What a run is copied as."""

    CURL = "curl"
    PYTHON = "python"
    PYTEST = "pytest"


def copied(run: Record, form: Form, *, address: str = ROOT, base: str = BASE) -> str:
    """Return a run, or what happened from a step on, as text to paste.

    Args:
        run: The run.
        form: As what. `curl` and `python` start the same run again; with a step, a copy of it that goes on from before
            that step. `pytest` pins the whole run, with a step what that step gave above all.
        address: The step; ROOT for the whole run.
        base: Where the server is.

    Raises:
        RefusedError: The run has no such step, or can not be copied so.
    """
    if address and not any(getattr(event, "path", ROOT) == address for event in run.events):
        message = f"run {run.info.id} has no step at {address}"
        raise RefusedError(message)
    if form is Form.PYTEST:
        return _pytest(run, address)
    if address:
        at = _before(run, address)
        return _curl_fork(run, at, base) if form is Form.CURL else _python_fork(run, at)
    return _curl(run, base) if form is Form.CURL else _python(run)


# ----- curl


def _curl(run: Record, base: str) -> str:
    given = {name: parsed(text) for name, text in _given(run).items()}
    return _post(f"{base}/api/v1/runs", {"workflow": run.info.workflow, "input": given})


def _curl_fork(run: Record, at: int, base: str) -> str:
    return _post(f"{base}/api/v1/runs/{quote(run.info.id, safe='')}/fork", {"at": at})


def _post(url: str, body: object) -> str:
    return (
        f"curl -sS -X POST {shlex.quote(url)} \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        '  -H "Authorization: Bearer $PODIUM_TOKEN" \\\n'
        f"  --data-raw {shlex.quote(json.dumps(body))}\n"
    )


# ----- Python


def _python(run: Record) -> str:
    code = _code(run.info)
    return f"""import asyncio

from podium import Engine
{code.imports}
{code.made}
INPUT = {_literal(_given(run))}


async def main() -> None:
    async with Engine() as engine:
        run = await engine.start_fields({code.name}, INPUT)
        print(run.id, await run.result())


asyncio.run(main())
"""


def _python_fork(run: Record, at: int) -> str:
    code = _code(run.info)
    return f"""import asyncio

from podium import Engine
{code.imports}
{code.made}

async def main() -> None:
    async with Engine(workflows=[{code.name}]) as engine:
        run = await engine.get({_literal(run.info.id)})
        copy = await run.fork(at={at})
        print(copy.id, await copy.result())


asyncio.run(main())
"""


# ----- pytest


def _pytest(run: Record, address: str) -> str:
    code = _code(run.info)
    lines = [header_line(run.info, graph_to_json(run.graph))]
    lines += [event_line(number, event) for number, event in enumerate(run.events, 1)]
    imports, journal = _journal(run, lines)
    gave = [event for event in run.events if isinstance(event, ev.StepDone) and event.path == address]
    pinned = (
        f"""
    gave = [event for event in again.events if type(event).__name__ == "StepDone" and event.path == {_literal(address)}]
    assert gave[-1].output == {_literal(gave[-1].output)}
    assert gave[-1].changes == {_literal(gave[-1].changes)}
    assert gave[-1].label == {_literal(gave[-1].label)}
"""
        if gave
        else ""
    )
    return f"""{imports}{code.imports}
from podium.testing import rehearse
{code.made}
{journal}


def test_{_word(run.info.workflow)}_goes_as_in_{_word(run.info.id)}() -> None:
    again = rehearse({code.name}, JOURNAL)
    assert str(again.info.status) == {_literal(str(run.info.status))}
    assert again.info.output == {_literal(run.info.output)}
{pinned.lstrip(chr(10))}"""


def _journal(run: Record, lines: list[str]) -> tuple[str, str]:
    """Return what has to be imported for a journal, and the journal: in the test, or in a file beside it."""
    if sum(map(len, lines)) > JOURNAL_CHARS_MAX:
        file = f"{_word(run.info.id)}.jsonl"
        told = " ".join(map(shlex.quote, ("podium", "runs", "export", run.info.id, "-o", file)))
        return (
            "from pathlib import Path\n\n",
            f"# {told}\nJOURNAL = Path(__file__).with_name({_literal(file)}).read_bytes()",
        )
    told = "\n".join(f"    {_literal(line + chr(10))}" for line in lines)
    return "", f"JOURNAL = (\n{told}\n)"


# ----- what they have in common


def _given(run: Record) -> dict[str, str]:
    first = run.events[0]
    if not isinstance(first, ev.RunStarted):
        message = f"run {run.info.id} began as a copy of {run.info.parent}: copy that one, or from a step on"
        raise RefusedError(message)
    return first.data


def _before(run: Record, address: str) -> int:
    """Return the number of the event from which on the step at an address begins at once."""
    begun = next(number for number, event in enumerate(run.events, 1) if getattr(event, "path", ROOT) == address)
    return max(1, begun - 1)


class _Code(NamedTuple):
    """How a workflow is called in a text, what has to be imported for it, and what makes it, if that is not all."""

    name: str
    imports: str
    made: str = ""


def _code(info: RunInfo) -> _Code:
    place, _, name = info.target.rpartition(":")
    if place and all(map(_is_name, (*place.split("."), name))):
        return _Code(name, f"from {place} import {name}")
    if info.target:
        loads = f"\nworkflow = load({_literal(info.target)}).workflow\n"
        return _Code("workflow", "from podium.cli.target import load", loads)
    return _Code("workflow", "from your_code import workflow  # say where it is: the run was started from code")


def _is_name(text: str) -> bool:
    return text.isidentifier() and text.isascii() and not iskeyword(text)


def _literal(plain: object) -> str:
    """Return a text, or a dict of texts, as a Python literal in which every character is ASCII."""
    return ascii(plain)


def _word(text: str) -> str:
    """Return what is left of a text as part of a Python name."""
    return "_".join("".join(char if char.isascii() and char.isalnum() else " " for char in text).lower().split())[:60]
