"""The server side of idempotency is for anybody's application: it brings no framework, and no engine."""

import json
import subprocess
import sys

import pytest

ASKED = "import json, sys, podium.asgi; print(json.dumps(sorted(sys.modules)))"


@pytest.mark.process
def test_import_needs_no_framework_and_nothing_of_the_engine() -> None:
    said = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, check=True, text=True).stdout
    modules = set(json.loads(said))
    assert not modules & {"starlette", "uvicorn", "httpx", "fastapi", "anyio", "pydantic"}
    parts = {name.split(".")[1] for name in modules if name.startswith("podium.")}
    assert parts <= {"asgi", "claim_errors", "errors", "failure", "graph", "guard", "outcomes", "redaction"}
