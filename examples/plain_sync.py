"""No `async` anywhere: sync steps call sync tools in threads of their own, and `run_sync` waits for the result.

$ podium run examples/plain_sync.py folder=docs
$ python examples/plain_sync.py
"""

import hashlib
from pathlib import Path

from pydantic import BaseModel

from podium import END, START, Engine, StateMachine, step, tool


class Survey(BaseModel):
    """What the run works on."""

    folder: str
    files: list[str] = []
    digest: str = ""


@tool.read
def listing(folder: str) -> list[str]:
    """List a folder."""
    return sorted(path.name for path in Path(folder).iterdir() if path.is_file())


@tool.read
def digest_of(folder: str, files: list[str]) -> str:
    """Hash the files' contents."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(Path(folder, file).read_bytes())
    return whole.hexdigest()


@step
def look(survey: Survey) -> None:
    """See what there is."""
    survey.files = listing(survey.folder)


@step(timeout=60)
def count(survey: Survey) -> None:
    """Hash it."""
    survey.digest = digest_of(survey.folder, survey.files)


survey = StateMachine("survey", Survey, START >> look >> count >> END)

if __name__ == "__main__":
    ended = Engine("memory:").run_sync(survey, Survey(folder="docs"))
    print(len(ended.files), "files", ended.digest[:12])  # noqa: T201
