"""`podium simulate`: what it prints, its exit codes, and that the same seed tells the same story in any process."""

import signal

import pytest

from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.process

FLOWS = '''
from pydantic import BaseModel
from podium import END, FROM_ENGINE, START, Dag, IdempotencyKey, StateMachine, node, step, tool


class Trip(BaseModel):
    city: str
    flight: str = ""


@tool.write(idempotent=True)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    raise NotImplementedError


@tool.write
async def charge(city: str) -> str:
    raise NotImplementedError


@step
async def twice(trip: Trip) -> None:
    print("printed by the author")
    try:
        trip.flight = await charge(trip.city)
    except Exception:
        trip.flight = await charge(trip.city)


@node
async def one(city: str) -> str:
    return await book(city)


@node
async def two(city: str) -> str:
    return await book(city + "!")


@node
async def both(one: str, two: str) -> list[str]:
    return sorted({one, two})


class Place(BaseModel):
    city: str


sound = Dag("sound", Place, one, two, both, gives=both)
broken = StateMachine("broken", Trip, START >> twice >> END)
never = StateMachine("never", Trip, START >> book.state("book", give="flight") >> END)


def is_never_booked(end):
    """Nothing is ever booked."""
    return not end.ledger
'''
SAID = f"{FLOWS}\nsimulation = {{'invariants': [is_never_booked]}}\n"


@pytest.fixture
def flows(terminal: Terminal) -> Terminal:
    (terminal.folder / "app.py").write_text(FLOWS)
    (terminal.folder / "strict.py").write_text(SAID)
    return terminal


def test_workflow_that_keeps_every_law_ends_with_0(flows: Terminal) -> None:
    ended = flows.podium("simulate", "app.py:sound", "city=Busan", "--runs", "60")
    assert ended.code == 0
    assert "each fault alone: " in ended.out
    assert ended.out.endswith("ok: every law held\n")
    assert ended.err == ""


def test_broken_law_ends_with_1_and_a_story_that_its_command_tells_again(flows: Terminal) -> None:
    ended = flows.podium("simulate", "app.py:broken", "-i", '{"city": "Busan"}', "--runs", "60")
    assert ended.code == 1
    assert ended.out.startswith("BROKEN code: steps and tools use Podium as it is meant\n")
    assert "printed by the author" not in ended.out
    again = ended.out.partition("again with: ")[2].splitlines()[0]
    assert again.startswith('podium simulate app.py:broken -i \'{"city": "Busan"}\' --seed ')
    once_more = flows.podium("simulate", "app.py:broken", "-i", '{"city": "Busan"}', "--seed", again.rpartition(" ")[2])
    assert once_more.code == 1
    story = [line for line in ended.out.splitlines() if line.startswith("   ")]
    assert [line for line in once_more.out.splitlines() if line.startswith("   ")] == story


def test_same_simulation_finds_the_same_in_every_process(flows: Terminal) -> None:
    words = ("simulate", "app.py:sound", "city=Busan", "--runs", "150", "--json")
    found = [flows.podium(*words, PYTHONHASHSEED=seed).json for seed in ("1", "2", "3")]
    for one in found:
        one.pop("seconds")
    assert found[0] == found[1] == found[2]
    assert found[0]["ok"]


def test_seed_tells_the_story_of_a_run_that_is_all_right(flows: Terminal) -> None:
    stories = {flows.podium("simulate", "app.py:sound", "city=Busan", "--seed", "9.4").out for _ in range(2)}
    (story,) = stories
    assert "  1  0.000  engine 1" in story
    assert story.count("FAULT") == 2
    assert "sound: one run\n" in story


def test_laws_beside_the_workflow_are_checked(flows: Terminal) -> None:
    ended = flows.podium("simulate", "strict.py:never", "city=Busan", "--runs", "20", "--json")
    assert ended.code == 1
    (finding,) = ended.json["findings"]
    assert (finding["law"], finding["where"], finding["seed"]) == ("invariant", "is_never_booked", "0")
    assert "Nothing is ever booked" in finding["says"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("app.py:sound", "city=Busan", "--seed", "x"), "it is not of the form 12"),
        (("app.py:sound", "city=Busan", "--seed", "99999"), "there is no way 99999"),
        (("app.py:sound",), "city: Field required"),
        (("wrong.py:never", "city=Busan"), "`simulation` beside the workflow takes tools, "),
    ],
)
def test_what_can_not_be_meant_ends_with_2(flows: Terminal, words: tuple[str, ...], says: str) -> None:
    (flows.folder / "wrong.py").write_text(f"{FLOWS}\nsimulation = {{'invariant': []}}\n")
    ended = flows.podium("simulate", *words)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_ctrl_c_prints_what_was_found_so_far(flows: Terminal) -> None:
    waiting = FLOWS.replace("    print(", "    __import__('sys').stderr.write('playing\\n')\n    print(")
    (flows.folder / "app.py").write_text(waiting)
    with flows.started("simulate", "app.py:broken", "city=Busan", "--runs", "1000000") as simulation:
        simulation.until("playing")
        simulation.signal(signal.SIGINT)
        assert simulation.end() in (1, 130)
    assert any("simulated runs in" in line for line in simulation.seen)
    assert any("as far as it got" in line for line in simulation.seen)
