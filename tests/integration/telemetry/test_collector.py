"""Commands, as the standard variables say: to a collector, to one that is not there, and without the extra."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli.terminal import Terminal
from tests.integration.telemetry.collector import Collector, collecting

pytestmark = [pytest.mark.process, pytest.mark.slow]

APP = """
from pydantic import BaseModel
from opentelemetry import trace
from podium import END, START, StateMachine, current, sleep, step, tool

class Trip(BaseModel):
    city: str = "Busan"
    price: int = 0

@tool.read
async def price_of(city: str) -> int:
    with trace.get_tracer("of-a-library").start_as_current_span("GET"):
        return len(city)

@step
async def look(trip: Trip) -> None:
    current().logger.warning("looking")
    trip.price = await price_of(trip.city)

travel = StateMachine("travel", Trip, START >> look >> END)
tired = StateMachine("tired", Trip, START >> sleep("nap", 1) >> look >> END)
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Return a folder with an app."""
    (tmp_path / "app.py").write_text(APP)
    return Terminal(tmp_path)


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Return a collector that listens."""
    with collecting() as found:
        yield found


def test_run_is_sent_to_the_collector_with_what_libraries_tell_inside_it(
    terminal: Terminal, collector: Collector
) -> None:
    ended = terminal.podium(
        "run", "app.py:travel", "city=Seoul", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_SERVICE_NAME="desk"
    )
    assert ended.code == 0, ended.err
    root, look, call = (
        collector.named(name) for name in ("invoke_workflow travel", "step look", "execute_tool price_of")
    )
    assert root.parent_span_id == b""
    assert look.parent_span_id == root.span_id
    assert call.parent_span_id == look.span_id
    library = collector.named("GET")
    assert (library.parent_span_id, library.trace_id) == (call.span_id, root.trace_id)
    assert {resource["service.name"] for resource in collector.resources} == {"desk"}
    assert {"podium.runs.ended", "podium.disk.lag", "podium.call.duration.sum"} <= collector.metrics


def test_worker_sends_what_it_did_and_logs_json(terminal: Terminal, collector: Collector) -> None:
    with terminal.started("run", "app.py:tired", "--id", "r") as left:
        left.until("nap")
    ended = terminal.podium("worker", "app.py", "--until-idle", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    assert ended.code == 0, ended.err
    lines = [json.loads(line) for line in ended.err.splitlines() if line.startswith("{")]
    (said,) = [line for line in lines if line["message"] == "looking"]
    span = collector.named("step look")
    assert (said["run_id"], said["step"]) == ("r", "look")
    assert (said["trace_id"], said["span_id"]) == (span.trace_id.hex(), span.span_id.hex())


def test_collector_that_is_not_there_changes_nothing_about_a_run(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    ended = terminal.podium("run", "app.py:travel", "city=Seoul", OTEL_EXPORTER_OTLP_ENDPOINT=url)
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["price"] == 5


def test_without_the_extra_one_line_says_that_nothing_is_sent(terminal: Terminal) -> None:
    missing = terminal.folder / "missing"
    (missing / "opentelemetry").mkdir(parents=True)
    (missing / "opentelemetry" / "__init__.py").write_text(
        "raise ModuleNotFoundError('it is not here', name='opentelemetry')"
    )
    (terminal.folder / "app.py").write_text(
        APP.replace("from opentelemetry import trace", "").replace(
            'with trace.get_tracer("of-a-library").start_as_current_span("GET"):', "if True:"
        )
    )
    ended = terminal.podium(
        "run", "app.py:travel", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", PYTHONPATH=str(missing)
    )
    assert ended.code == 0, ended.err
    (line,) = [line for line in ended.err.splitlines() if "OTEL_EXPORTER_OTLP_ENDPOINT" in line]
    assert "pip install 'podium[otel]'" in line
