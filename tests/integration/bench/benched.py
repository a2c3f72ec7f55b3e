"""A bench in a process of its own, and the record that it leaves."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def record_of(name: str, *options: str, folder: Path, limit_s: float) -> Any:
    """Run it, and return what it recorded, wrong or not."""
    record = folder / f"{name}.json"
    command = [sys.executable, "-m", "bench", name, *options, "--json", str(record)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=limit_s, check=False)
    assert record.exists(), done.stdout + done.stderr
    return json.loads(record.read_text())[name]
