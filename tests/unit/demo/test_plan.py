"""Each trip has a folder of its own, and the default telling asks for what the trip needs."""

from pathlib import Path

from podium.core.events import StepDone, WriteIntended
from podium.demo.plan import Kill, Plan, fresh, latest, planned
from podium.demo.wish import Wish, read_wish


def made(folder: Path, text: str) -> Plan:
    wish = read_wish(text)
    assert isinstance(wish, Wish)
    return planned(folder, wish, text)


def test_folders_are_numbered_past_what_is_there(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    assert latest(root) is None

    assert fresh(root).name == "trip-1"
    (root / "trip-10").mkdir()
    (root / "trip-x").mkdir()
    assert fresh(root).name == "trip-11"
    assert latest(root) == root / "trip-11"


def test_a_plan_needs_the_services_of_its_trip_and_troubles_each(tmp_path: Path) -> None:
    everything = made(tmp_path / "trip-1", "Busan, with a hotel and a car")
    flight_alone = made(tmp_path / "trip-2", "Busan, no hotel, no car")

    assert [spec.kind for spec in everything.specs] == ["flight", "hotel", "car"]
    assert list(everything.faults) == ["flight", "hotel", "car"]
    assert everything.run_id == "trip-1"
    assert [spec.kind for spec in flight_alone.specs] == list(flight_alone.faults) == ["flight"]
    assert flight_alone.kill is not None
    assert flight_alone.kill.step == "flight"


def test_a_kill_strikes_at_its_event_of_its_step_on_any_visit() -> None:
    kill = Kill(StepDone, "hotel", "-")

    assert kill.strikes(StepDone(0, "hotel"))
    assert kill.strikes(StepDone(0, "hotel#2"))
    assert not kill.strikes(StepDone(0, "flight"))
    assert not kill.strikes(WriteIntended(0, "hotel", "book", "{}", "k"))
