"""The demo end to end, with real kills: the ledgers are clean each time, and where they are not, it says so."""

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

import pytest

from podium.core.events import ReadDone, RunCompleted, RunTakenOver, StepDone, UndoDone, WriteDone, WriteIntended
from podium.demo.desk.audit import read_audit
from podium.demo.desk.models import Fault, Kind, ServiceSpec
from podium.demo.front import TRAVELS, WRITES
from podium.demo.plan import Kill, Plan, planned, sold_out
from podium.demo.story import interrupted, run, tell_story, tell_trip
from podium.demo.wish import EXAMPLES, Wish, read_wish
from podium.engine.engine import Engine
from podium.engine.ports import Status

pytestmark = pytest.mark.process

END_MS_MAX = 20_000
HANG = Fault(operation="book", fault="hang")
LOST = Fault(operation="book", fault="lost_reply")
SEARCH_HANGS = Fault(operation="search", fault="hang")
STORY = (
    "import sys; from pathlib import Path; from podium.demo.story import run; sys.exit(run(None, folder=Path({!r})))"
)

MOMENTS: dict[str, tuple[Mapping[Kind, Sequence[Fault]], Kill]] = {
    "before the flight's search is answered": ({"flight": [SEARCH_HANGS]}, Kill(StepDone, "understand", "-")),
    "at the flight's intent": ({"flight": [HANG]}, Kill(WriteIntended, "flight", "-", in_hand="flight")),
    "between two steps": ({"hotel": [SEARCH_HANGS]}, Kill(StepDone, "flight", "-")),
    "after the hotel has booked and nobody knows": (
        {"hotel": [LOST, HANG]},
        Kill(WriteIntended, "hotel", "-", in_hand="hotel"),
    ),
    "at the hotel's result": ({"car": [HANG]}, Kill(WriteDone, "hotel", "-")),
    "at the last write": ({"car": [HANG]}, Kill(WriteIntended, "car", "-", in_hand="car")),
}


def plan(folder: Path, text: str = EXAMPLES[0]) -> Plan:
    (folder / "trip-1").mkdir()
    wish = read_wish(text)
    assert isinstance(wish, Wish)
    return planned(folder / "trip-1", wish, text)


async def tell(made: Plan) -> tuple[bool, list[str]]:
    """Tell the story and return how it ended, and its lines."""
    told: list[str] = []
    return await tell_story(made, tell=told.append), told


async def tell_the_trip(made: Plan) -> tuple[bool, list[str]]:
    """Tell the trip alone, without what comes after it."""
    told: list[str] = []
    return await tell_trip(made, tell=told.append), told


async def statuses(made: Plan) -> dict[str, Status]:
    async with Engine(made.url) as engine:
        return {info.id: info.status for info in await engine.runs()}


async def test_the_default_story_ends_well_and_leaves_everything_behind(tmp_path: Path) -> None:
    made = plan(tmp_path)
    is_good, told = await tell(made)

    assert is_good, told
    assert await statuses(made) == {"trip-1": Status.COMPLETED, "article-1": Status.COMPLETED}
    assert read_audit(made.desk, finished=["trip-1"]).is_clean
    for name in ("travel.svg", "writing.svg"):
        ET.parse(made.folder / name)  # noqa: S314  # our own
    assert "[" in made.article.read_text()
    outside = next(line for line in told if "outside" in line)
    assert "flight 1, hotel 1, car 0" in outside, "the hotel had booked what Podium did not know of"


async def test_a_trip_that_can_not_be_had_is_undone_over_a_kill_each_booking_once(tmp_path: Path) -> None:
    made = plan(tmp_path)
    is_good, told = await tell(made)

    assert is_good, told
    second = sold_out(made)
    assert await statuses(second) == {"trip-1-sold-out": Status.COMPENSATED}
    audit = read_audit(second.desk)
    assert {service.kind: (service.booked, service.cancelled) for service in audit.services} == {
        "flight": (1, 1),
        "hotel": (1, 1),
        "car": (0, 0),
    }
    async with Engine(second.url) as engine:
        events = [event async for _, event in (await engine.get("trip-1-sold-out")).events()]
    undone = [event.path for event in events if isinstance(event, UndoDone)]
    assert undone == ["travel/hotel.undo", "travel/flight.undo"], "the last booking first"
    assert sum(isinstance(event, RunTakenOver) for event in events) == 1
    ET.parse(second.folder / "travel.svg")  # noqa: S314  # our own


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_kill_at_any_moment_leaves_clean_ledgers(tmp_path: Path, moment: str) -> None:
    faults, kill = MOMENTS[moment]
    made = replace(plan(tmp_path), faults=faults, kill=kill)
    is_good, told = await tell_the_trip(made)

    assert is_good, told
    audit = read_audit(made.desk, finished=["trip-1"])
    assert [service.booked for service in audit.services] == [1, 1, 1]
    async with Engine(made.url) as engine:
        events = [event async for _, event in (await engine.get("trip-1")).events()]
    assert sum(isinstance(event, RunTakenOver) for event in events) == 1


async def test_a_trip_without_a_car_is_whole_without_one(tmp_path: Path) -> None:
    made = plan(tmp_path, "Lisbon, two nights, no hotel, no car")
    is_good, told = await tell_the_trip(made)

    assert is_good, told
    assert [service.kind for service in read_audit(made.desk).services] == ["flight"]


async def test_a_service_that_ignores_keys_is_found_out(tmp_path: Path) -> None:
    specs = [ServiceSpec("flight"), ServiceSpec("hotel", keys="ignore"), ServiceSpec("car")]
    made = replace(plan(tmp_path), specs=specs, faults={"hotel": [LOST]})
    is_good, told = await tell(replace(made, kill=Kill(WriteIntended, "hotel", "-")))

    assert not is_good
    assert any(line.strip().startswith("TWICE at hotel: trip-1") for line in told), told
    assert "THIS DID NOT GO AS PROMISED; see above." in told


@pytest.mark.parametrize("kill", [Kill(WriteIntended, "helicopter", "-"), Kill(RunCompleted, "", "-")])
async def test_a_kill_that_comes_too_late_or_never_is_no_proof(tmp_path: Path, kill: Kill) -> None:
    made = replace(plan(tmp_path), faults={}, kill=kill)
    is_good, told = await tell_the_trip(made)

    assert not is_good
    assert "the run was over before its worker was killed, so this has shown nothing" in told


# ----- from outside


def pids_in(line: str) -> list[int]:
    return [int(pid) for pid in re.findall(r"pid (\d+)", line)]


def lines_of(process: "subprocess.Popen[str]") -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def wait_for_end(pidfds: list[int]) -> None:
    for pidfd in pidfds:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        assert poll.poll(END_MS_MAX), "a process outlived the demo"
        os.close(pidfd)


def begun(folder: Path) -> tuple["subprocess.Popen[str]", list[int]]:
    """Start the demo and return it with its children, once the trip is on its way."""
    process = subprocess.Popen([sys.executable, "-c", STORY.format(str(folder))], stdout=subprocess.PIPE, text=True)
    pids: list[int] = []
    for line in lines_of(process):
        pids += pids_in(line)
        if "about to book" in line:
            return process, [os.pidfd_open(pid) for pid in pids]
    pytest.fail("the demo ended before it had booked anything")


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for a process that is not a child needs pidfd")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_demo_leaves_no_process_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: signal.Signals
) -> None:
    process, pidfds = begun(tmp_path)
    process.send_signal(ending)
    said, _ = process.communicate()
    wait_for_end(pidfds)

    assert len(pidfds) == 4
    if ending is signal.SIGINT:
        assert process.returncode == 130, said
        assert f"trip-1 is kept in {tmp_path / 'trip-1' / 'podium.db'}" in said
        assert f"podium demo --folder {tmp_path}\n" in said
    assert run(None, folder=tmp_path) == 0, capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trip-1"]
    audit = read_audit(tmp_path / "trip-1" / "desk", finished=["trip-1"])
    assert [service.booked for service in audit.services] == [1, 1, 1]


async def test_a_finished_trip_is_not_gone_on_with(tmp_path: Path) -> None:
    made = plan(tmp_path)
    assert await interrupted(tmp_path) is None, "a folder without a database"
    assert (await tell(made))[0]
    assert await interrupted(tmp_path) is None


@pytest.mark.parametrize("text", ["hurz", "translate this into Korean", "부산으로 3박"])
def test_what_nothing_here_is_for_is_told_so_with_what_there_is_and_begins_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert run(text, folder=tmp_path / "demo") == 2

    said = capsys.readouterr().out
    assert "front door: has no route for it" in said
    assert f"Nothing here is for that. What there is: {TRAVELS}; {WRITES}." in said
    assert EXAMPLES[0] in said
    assert not (tmp_path / "demo").exists()


def test_a_trip_that_is_not_clear_is_told_what_is_missing_and_begins_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("fly me to Atlantis", folder=tmp_path / "demo") == 2

    said = capsys.readouterr().out
    assert "front door: → travel" in said
    assert "'atlantis' is no city that the travel desk knows" in said
    assert not (tmp_path / "demo").exists()


def test_a_sentence_that_asks_for_an_article_gets_one_about_its_topic(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("write an article about how a crash is survived", folder=tmp_path) == 0

    said = capsys.readouterr().out
    assert "front door: → writing" in said
    assert re.search(r"like +0\.\d\d writing: write about crash recovery", said), "the nearest example says why"
    assert (tmp_path / "article-1" / "article.md").read_text().startswith("# how a crash is survived\n")


async def test_the_decision_is_on_record_and_is_made_once_over_the_kill(tmp_path: Path) -> None:
    made = plan(tmp_path)
    is_good, told = await tell_the_trip(made)

    assert is_good, told
    assert sum(bool(re.search(r"route travel, 0\.9\d sure; on record", line)) for line in told) == 1
    async with Engine(made.url) as engine:
        events = [event async for _, event in (await engine.get("trip-1")).events()]
    calls = [event.call for event in events if isinstance(event, ReadDone)]
    assert [call.partition(":")[0] for call in calls].count("decide_front") == 1


def test_a_folder_that_can_not_be_made_is_an_error_of_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    assert run(None, folder=tmp_path / "file") == 1
    assert "the demo could not go on" in capsys.readouterr().out


def test_the_desk_by_hand_prints_the_variables_that_the_application_reads(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", "podium.demo", str(tmp_path)], stdout=subprocess.PIPE, text=True)
    lines = lines_of(process)
    exports = [lines.readline() for _ in range(3)]
    process.send_signal(signal.SIGINT)
    process.communicate()

    assert process.returncode == 0
    names = [line.split("=")[0] for line in exports]
    assert names == ["export PODIUM_DESK_FLIGHT", "export PODIUM_DESK_HOTEL", "export PODIUM_DESK_CAR"]
