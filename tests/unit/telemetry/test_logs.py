"""Logs as JSON: a line each, with what they are of, and no secrets."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, START, StateMachine, current, step
from podium.telemetry.logs import JsonFormatter, TextFormatter, begin_logging
from tests.unit.telemetry.seen import Seen, ids


class Order(BaseModel):
    city: str = "Busan"


def _connect() -> None:
    raise ConnectionError("password=hunter22hunter")


@step
async def look(order: Order) -> None:
    current().logger.info("looking at %s\nand on", order.city)
    try:
        _connect()
    except ConnectionError:
        current().logger.exception("no luck with Bearer abcdefgh12345678")


shop = StateMachine("shop", Order, START >> look >> END)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Return what loggers of Podium are told, formatted as JSON."""
    stream, logger = io.StringIO(), logging.getLogger("podium")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    level, is_propagated = logger.level, logger.propagate
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(level)
    logger.propagate = is_propagated


async def test_lines_name_run_step_attempt_and_span_and_hold_no_secret(lines: io.StringIO) -> None:
    seen = Seen()
    async with seen.engine() as engine:
        await (await engine.start(shop, Order(), id="r-1")).result()
    first, second = (json.loads(line) for line in lines.getvalue().splitlines())
    span = seen.named("step look")
    assert span.context is not None
    wanted = {
        "level": "info",
        "logger": "podium.step",
        "message": "looking at Busan\nand on",
        "run_id": "r-1",
        "step": "look",
        "attempt": 1,
        "trace_id": f"{span.context.trace_id:032x}",
        "span_id": f"{ids(span):016x}",
    }
    assert {name: first[name] for name in wanted} == wanted
    assert first["time"].endswith("Z")
    assert "hunter22" not in second["error"]
    assert "ConnectionError" in second["error"]
    assert "abcdefgh" not in second["message"]


def test_terminal_is_shown_the_run_and_the_step() -> None:
    record = logging.makeLogRecord({"msg": "here", "levelname": "INFO", "run_id": "r", "step": "look"})
    assert TextFormatter().format(record).endswith("  info       r look  here")


def test_what_somebody_has_said_about_logging_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("podium")
    root: Any = logging.getLogger()
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "level", logger.level)
    monkeypatch.setattr(root, "handlers", [logging.NullHandler()])
    begin_logging()
    assert logger.handlers == []
    monkeypatch.setattr(root, "handlers", [])
    begin_logging()
    (handler,) = logger.handlers
    assert isinstance(handler.formatter, JsonFormatter), "tests run in no terminal"
    begin_logging()
    assert len(logger.handlers) == 1
