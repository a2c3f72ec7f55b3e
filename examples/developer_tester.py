"""A developer and a tester mend a small repository: they hand work to each other until its tests pass.

The tester really runs pytest. The developer is an agent; its model is scripted, so that the example needs no network:
put the name of a real one in its place.

$ python -m examples.developer_tester ./basket        (makes the repository)
$ podium run examples/developer_tester.py:mending folder=./basket        (needs podium[agents] and pytest)
"""

import asyncio
import re
import sys
from pathlib import Path

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Board, IdempotencyKey, StateMachine, step, tool
from podium.agents import Agent, Assignment, Coordinator, HandOff, Role, Team
from podium.testing.models import Asked, Reply, call, function_model

MODULE, TESTS, EDITS = "basket.py", "test_basket.py", "edits.log"

BUGGY = '''"""What is in a basket, in cents."""


def total(prices):
    return sum(prices[1:])


def discounted(cents, percent):
    return cents * percent // 100
'''

EXPECTED = """from basket import discounted, total


def test_total_counts_everything():
    assert total([100, 200]) == 300


def test_discount_is_taken_off():
    assert discounted(200, 25) == 150
"""


def make_repository(folder: Path) -> None:
    """Put a module with two mistakes and its tests into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODULE).write_text(BUGGY, "utf-8")
    (folder / TESTS).write_text(EXPECTED, "utf-8")


# ----- tools


@tool.read(timeout=60)
async def run_tests(folder: str) -> str:
    """Run the tests of a folder, and return what pytest says."""
    command = (sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "-c", "/dev/null", TESTS)
    running = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={"PYTHONDONTWRITEBYTECODE": "1"}, stdout=-1, stderr=-1
    )
    said, _ = await running.communicate()
    return said.decode()


def replace(folder: str, before: str, after: str, *, key: str) -> None:
    """Put one text in place of another, once for each key, and write down that it was done."""
    edits, module = Path(folder, EDITS), Path(folder, MODULE)
    known = edits.read_text("utf-8") if edits.exists() else ""
    if key not in known:
        module.write_text(module.read_text("utf-8").replace(before, after), "utf-8")
        edits.write_text(f"{known}{key} {after}\n", "utf-8")


class Edited(BaseModel):
    """An edit that was made."""

    folder: str
    before: str
    after: str


@tool.write(idempotent=True)
async def edit(folder: str, before: str, after: str, *, key: IdempotencyKey = FROM_ENGINE) -> Edited:
    """Put one text in place of another in the module."""
    replace(folder, before, after, key=key)
    return Edited(folder=folder, before=before, after=after)


@edit.compensate
async def take_back(edited: Edited, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    """Put the old text back, where the run fails for good."""
    replace(edited.folder, edited.after, edited.before, key=key)


# ----- the developer: an agent that may edit


CURES = {
    "test_total_counts_everything": ("prices[1:]", "prices"),
    "test_discount_is_taken_off": ("cents * percent", "cents * (100 - percent)"),
}


def coder(asked: Asked) -> Reply:
    """Stand in for a model: mend what the first failing test is about, in one edit."""
    if asked.turn:
        return "mended"
    folder, failing = asked.prompt.splitlines()[:2]
    before, after = CURES[failing]
    return call("edit", folder=folder, before=before, after=after)


class Fix(BaseModel):
    """What the developer works on."""

    folder: str
    failing: list[str]
    prompt: str = ""
    said: str = ""
    next: HandOff | None = None


log = Board("log", str)
coding: Agent[str] = Agent("coding", function_model(coder), tools=[edit])


@step
async def brief(fix: Fix) -> None:
    """Tell the agent what fails."""
    fix.prompt = "\n".join([fix.folder, *fix.failing])


@step
async def hand_back(fix: Fix) -> None:
    """Let the tester go on at once."""
    log.post(f"developer: {fix.said} {fix.failing[0]}")
    fix.next = tester.hand_off(Check(folder=fix.folder))


code = coding.as_state("code", take={"prompt": "prompt"}, give="said")
developing = StateMachine(
    "developing",
    Fix,
    START >> brief >> code >> hand_back >> END,
)

# ----- the tester


class Check(BaseModel):
    """What the tester works on, and what it found."""

    folder: str
    failing: list[str] = []
    next: HandOff | None = None


@step
async def check(found: Check) -> None:
    """Run the tests; where some fail, let the developer go on at once."""
    found.failing = re.findall(r"^FAILED \S+::(\w+)", await run_tests(found.folder), re.MULTILINE)
    log.post(f"tester: {len(found.failing)} failing")
    if found.failing:
        found.next = developer.hand_off(Fix(folder=found.folder, failing=found.failing))


testing = StateMachine("testing", Check, START >> check >> END)

# ----- the team


class Repository(BaseModel):
    """What is to be mended."""

    folder: str


tester, developer = Role("tester", testing), Role("developer", developing)


def plan(team: Team[Repository]) -> list[Assignment]:
    """Begin with a look at what fails."""
    return [tester.assign(Check(folder=team.goal.folder))]


def all_pass(team: Team[Repository]) -> bool:
    """Look at what the tester said last."""
    return any(not found.failing for found in tester.results(team)[-1:])


mending = Coordinator("mending", Repository, plan, workers=[tester, developer], until=all_pass, rounds=3)


if __name__ == "__main__":
    make_repository(Path(sys.argv[1]))
