"""Make the pictures in docs/images: the dashboard, a recorded terminal, the whole orchestra. `make pictures` runs it.

The dashboard's are of the demo that `podium serve` has, in the system's Chromium; the terminal's is what `podium demo`
says. Both differ in times and keys from run to run; the orchestra is the same each time, and a test holds it.
"""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import httpx
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.text import Text

from podium.draw.png import in_pixels
from scripts.orchestra import orchestra, text_of

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
DIAGRAM = IMAGES / "agent-orchestration-diagram.svg"

COLUMNS = 136
_PODIUM = (sys.executable, "-m", "podium.cli")
_CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
_FOR_NINE_NIGHTS = {"choice": "edit", "value": {"city": "Busan", "nights": 9, "price": 525}}
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")


def main() -> None:
    """Make all of them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    draw_orchestra()
    record_demo()
    look_at_dashboard()


def draw_orchestra() -> None:
    """Write the orchestra as SVG, and as PNG."""
    DIAGRAM.write_text(text_of(orchestra()), "utf-8")
    DIAGRAM.with_suffix(".png").write_bytes(in_pixels(orchestra()))


def record_demo() -> None:
    """Run the demo in an empty folder, and write what it says, up to the audit of its first trip, as SVG."""
    with TemporaryDirectory() as folder:
        said = subprocess.run([*_PODIUM, "demo"], cwd=folder, capture_output=True, text=True, check=True).stdout
    first, ends, _ = said.partition("now a loop, in this process")
    console = Console(record=True, file=io.StringIO(), width=COLUMNS)
    console.print(Text("$ podium demo\n" + first + ("…" if ends else "")))
    svg = console.export_svg(title="podium demo", unique_id="demo")
    (IMAGES / "demo.svg").write_text(_FONT_FACE.sub("", svg), "utf-8")


def look_at_dashboard() -> None:
    """Let the dashboard's demo ask, and take the inbox; answer so that it is undone, and take the run."""
    with TemporaryDirectory() as folder, _served(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(_CHROMIUM))
        with httpx.Client(base_url=f"{url}/api/v1/", timeout=60) as api:
            run = api.post("demo", json={}).raise_for_status().json()["id"]
            _take(browser, f"{url}/inbox", "Book this trip?", IMAGES / "inbox-dark.png")
            answer = {"run_id": run, "path": "approve", "answer": _FOR_NINE_NIGHTS}
            api.post("tasks/answer", json=answer).raise_for_status()
            api.get(f"runs/{run}/result", params={"wait": 30}).raise_for_status()
            _take(browser, f"{url}/runs/{run}", "compensated", IMAGES / "run-light.png")
        browser.close()


def _take(browser: Browser, url: str, shows: str, file: Path) -> None:
    """Take a page once it shows a text; the end of the file's name says whether dark or light."""
    scheme: Literal["dark", "light"] = "dark" if file.stem.endswith("dark") else "light"
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(url)
    page.get_by_text(shows).first.wait_for()
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file)
    page.close()


@contextmanager
def _served(folder: str) -> Iterator[str]:
    """Serve the demo from a folder, on any free port, until the block ends; give the URL that it says.

    Whoever makes the pictures is called `you` in them.
    """
    env = {**os.environ, "LOGNAME": "you"}
    command = [*_PODIUM, "serve", "--port", "0", "--db", "demo.db"]
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None, "it is a pipe"
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
