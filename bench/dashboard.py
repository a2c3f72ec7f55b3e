"""The dashboard in Chromium: how soon it is drawn, how smoothly it moves, how late it is.

Needs Playwright and the system's Chromium: it runs in the development environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from bench import table
from bench.harness import Options, Report
from bench.meter import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENTS = 10_000
SIGNALS = 20
ROUNDS = 5
SECONDS = 6
_SIZE: ViewportSize = {"width": 1440, "height": 900}
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
_FRAMES = """seconds => new Promise(done => {
  const gaps = []; let last = performance.now(); const end = last + seconds * 1000;
  const frame = now => { gaps.push(now - last); last = now; now < end ? requestAnimationFrame(frame) : done(gaps); };
  requestAnimationFrame(frame);
})"""
_DRAWN = """selector => new Promise(done => {
  const look = () => document.querySelector(selector)
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now()))) : requestAnimationFrame(look);
  look();
})"""
_SEEN = """() => { window.seen = null; const watch = new MutationObserver(() => {
  const box = document.querySelector('[data-place="word"]');
  if (box && box.getAttribute('aria-label').includes('done')) { watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.seen = Date.now(); })); } });
  watch.observe(document.body, {subtree: true, attributes: true, childList: true, characterData: true}); }"""
_SCROLL = """() => { const table = document.querySelector('[role=grid]'); const end = performance.now() + 6000;
  let down = true; const move = () => { table.scrollTop += down ? 280 : -280;
    if (table.scrollTop <= 0 || table.scrollTop + table.clientHeight >= table.scrollHeight) down = !down;
    if (performance.now() < end) requestAnimationFrame(move); }; requestAnimationFrame(move); }"""

Figures = dict[str, float]


def report(options: Options) -> Report:
    """Serve, look, and say what was seen, beside what is wanted."""
    rounds = 2 if options.quick else ROUNDS
    with scratch() as folder, _server(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(_FLAGS))
        _start(url, "long", {"until": options.size(EVENTS) // 4}, "long-1")
        _start(url, "patient", {}, "patient-0")
        _until(url, "long-1", "completed")
        found = {
            "runs page drawn, ms": _first(browser, f"{url}/", "[role=grid] .row[aria-selected]", rounds),
            "run page drawn, ms": _first(browser, f"{url}/runs/patient-0", ".graph-frame .box", rounds),
            **_moving(browser, url),
            "run of 500 nodes drawn, ms": _first(browser, f"{url}/runs/wide-1", ".graph-frame .box", rounds),
            **_scrolling(browser, url),
            **_lateness(browser, url, SIGNALS // (4 if options.quick else 1)),
        }
        found["processes that want a core, each"] = os.getloadavg()[0] / (os.cpu_count() or 1)
        browser.close()
    lines = [["figure", "measured", "wanted"]]
    lines += [[name, f"{value:.1f}", WANTED.get(name, "")] for name, value in found.items()]
    return Report(table.markdown(lines), {"dashboard": found})


WANTED = {
    "runs page drawn, ms": "≤ 1000",
    "run page drawn, ms": "≤ 1000",
    "frames/s, 500 nodes that move": "≥ 50",
    "frames/s, 500 nodes that move, while panning": "≥ 50",
    "frames/s, scrolling 10 000 events, 10 rows a frame": "smooth",
    "ms from event to screen, median": "≤ 300",
    "ms from event to screen, most": "≤ 300",
}


def _first(browser: Browser, at: str, selector: str, rounds: int) -> float:
    """Return how long it takes from the click until something of the page is painted, with an empty cache."""
    times = []
    for _ in range(rounds):
        page = _page(browser)
        page.goto(at, wait_until="commit")
        times.append(float(page.evaluate(_DRAWN, selector)))
        page.close()
    return median(times)


def _moving(browser: Browser, url: str) -> Figures:
    """Return how many frames a second there are while 500 nodes change, at rest and while the picture is moved."""
    page = _page(browser)
    _start(url, "wide", {}, "wide-1")
    page.goto(f"{url}/runs/wide-1")
    page.get_by_role("button", name="Fit into view").click()
    still = _frames(page, SECONDS / 2)
    seen = page.locator(".box.node:not(.idle)").count()
    page.mouse.move(500, 500)
    page.mouse.down()
    page.evaluate("window.gaps = null; (" + _FRAMES + ")(3).then(gaps => { window.gaps = gaps })")
    for number in range(120):
        page.mouse.move(500 - number % 40 * 4, 500 - number % 30 * 4)
    page.mouse.up()
    panning = page.wait_for_function("window.gaps").json_value()
    _until(url, "wide-1", "completed")
    page.wait_for_function("document.querySelectorAll('.box.is-done').length === 500")
    page.close()
    return {
        "nodes that had moved after 3 s": seen,
        **_smooth("500 nodes that move", still),
        **_smooth("500 nodes that move, while panning", panning),
    }


def _scrolling(browser: Browser, url: str) -> Figures:
    page = _page(browser)
    page.goto(f"{url}/runs/long-1?tab=journal")
    page.wait_for_selector("[role=grid] .row[aria-selected]")
    page.evaluate(_SCROLL)
    gaps = _frames(page, SECONDS)
    page.close()
    return _smooth("scrolling 10 000 events, 10 rows a frame", gaps)


def _lateness(browser: Browser, url: str, count: int) -> Figures:
    """Return how long after its time in the journal an event is painted; server and browser share a clock."""
    late = []
    for number in range(1, count + 1):
        run_id = f"patient-{number}"
        _start(url, "patient", {}, run_id)
        page = _page(browser)
        page.goto(f"{url}/runs/{run_id}")
        page.wait_for_selector(".link-mark.live")
        page.wait_for_selector(".box.is-waiting")
        page.evaluate(_SEEN)
        httpx.post(f"{url}/api/v1/runs/{run_id}/signal", json={"name": "word", "payload": {"word": "go"}})
        seen = page.wait_for_function("window.seen").json_value()
        rows = httpx.get(f"{url}/api/v1/runs/{run_id}/journal", params={"kind": "step_done"}).json()["rows"]
        late.append(float(seen - rows[0]["at"]))
        page.close()
    return {"ms from event to screen, median": median(late), "ms from event to screen, most": max(late)}


def _page(browser: Browser) -> Page:
    """Return a new page with an empty cache; what is asked of it may be evaluated, which its policy forbids."""
    return browser.new_page(viewport=_SIZE, bypass_csp=True)


def _frames(page: Page, seconds: float) -> list[float]:
    gaps: list[float] = page.evaluate(_FRAMES, seconds)
    return gaps


def _smooth(what: str, gaps: list[float]) -> Figures:
    """Return frames a second, and the gap that one in a hundred exceeds."""
    worst = sorted(gaps)[int(len(gaps) * 0.99)]
    return {f"frames/s, {what}": 1000 * len(gaps) / sum(gaps), f"ms between frames, 99 %, {what}": worst}


# ----- the server


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """Serve the workflows of `ours/dashboard.py` from a process of its own."""
    command = [sys.executable, "-m", "podium.cli", "serve", "bench/ours/dashboard.py", "--port", "0"]
    process = subprocess.Popen([*command, "--db", str(folder / "runs.db")], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait(30)


def _start(url: str, workflow: str, given: dict[str, Any], run_id: str) -> None:
    asked = {"workflow": workflow, "input": given, "id": run_id}
    httpx.post(f"{url}/api/v1/runs", json=asked, timeout=30).raise_for_status()


def _until(url: str, run_id: str, status: str) -> None:
    while httpx.get(f"{url}/api/v1/runs/{run_id}/result", params={"wait": 30}, timeout=60).json()["status"] != status:
        pass
