"""A report is opened from a disk: it shows the run, and nothing in it runs or is fetched."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from podium.engine.ports import RunInfo, Status
from podium.graph.encode import graph_hash
from podium.views.record import Record
from podium.views.report import report
from tests.browser.looking import look
from tests.unit.views.strange import HOSTILE, told

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


def test_report_of_a_hostile_run_is_open_to_all_and_runs_nothing(page: Page, tmp_path: Path) -> None:
    shell = told(" ".join(HOSTILE))
    shell.undo("a")
    graph = shell.state.graph
    info = RunInfo(id="r", workflow=graph.name, graph_hash=graph_hash(graph), status=Status.COMPENSATED)
    file = tmp_path / "report.html"
    file.write_text(report(Record(info, graph, shell.journal), now_ms=shell.now_ms), "utf-8")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(_address(request)))
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>alert(1)</script>")
    page.get_by_role("cell").locator("summary").first.click()
    expect(page.locator("details[open] pre").first).to_contain_text("StepStarted")
    assert page.locator("script, img, a, iframe").count() == 0
    look(page, "report")
    assert fetched == [file.as_uri()]


def _address(request: Request) -> str:
    return request.url
