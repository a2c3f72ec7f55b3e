"""The modules of an author see virtual time and chance, for as long as a simulation runs."""

import datetime
import random
import time
import uuid
from datetime import UTC, date
from datetime import datetime as moment
from time import monotonic
from uuid import uuid4

import pytest

from podium.testing.simulation.universe import Universe
from podium.testing.simulation.wall import Wall, modules_of
from tests.simulation import planted

NAMES = dict(globals())
START = moment(2027, 1, 15, 8, tzinfo=UTC)


def look(names: dict[str, object]) -> list[object]:
    """Run some code with these global names, and return what it saw."""
    code = (
        "seen = [moment.now(UTC), datetime.datetime.now(UTC), time.time(), monotonic(), str(uuid4()), random.random()]"
    )
    exec(code, names)  # noqa: S102  # code with names of its own
    seen = names["seen"]
    assert isinstance(seen, list)
    return seen


def test_code_sees_the_time_of_the_universe_and_a_chance_that_repeats() -> None:
    wall, universe = Wall(), Universe()
    universe.now_ms = 90_061_007
    names = dict(NAMES)
    with wall.before([names]):
        with wall.up(universe, 7):
            first = look(names)
        with wall.up(universe, 7):
            assert look(names) == first
        with wall.up(universe, 8):
            assert look(names)[4:] != first[4:]
    later = START + datetime.timedelta(days=1, hours=1, minutes=1, seconds=1.007)
    assert first[:4] == [later, later, later.timestamp(), 90_061.007]


def test_names_are_put_back() -> None:
    names = dict(NAMES)
    with Wall().before([names]):
        assert names["moment"] is not moment
    assert names == {**NAMES, "__builtins__": names["__builtins__"]}
    assert names["time"] is time
    assert names["uuid4"] is uuid4


def test_random_goes_on_as_if_nothing_had_been() -> None:
    random.seed(1)
    expected = [random.random(), random.random()]
    random.seed(1)
    drawn = [random.random()]
    with Wall().up(Universe(), 3):
        random.random()
    assert [*drawn, random.random()] == expected


def test_stand_ins_are_the_types_that_they_stand_for() -> None:
    names = dict(NAMES)
    with Wall().before([names]), Wall().up(Universe(), 0):
        exec("made = moment(2020, 1, 2), date.today(), moment.fromisoformat('2020-01-02'), moment.min", names)  # noqa: S102  # code with names of its own
        exec("is_one = isinstance(made[0], moment), isinstance(made[1], date), issubclass(moment, date)", names)  # noqa: S102  # code with names of its own
        exec("span = time.gmtime(), time.localtime(), time.strftime('%Y', time.gmtime(0)), time.sleep(9)", names)  # noqa: S102  # code with names of its own
    made = names["made"]
    assert isinstance(made, tuple)
    assert [type(value) for value in made] == [moment, date, moment, moment]
    assert names["is_one"] == (True, True, True)


def test_without_a_run_the_time_is_the_real_one() -> None:
    names = dict(NAMES)
    before = time.time()
    with Wall().before([names]):
        seen = look(names)
    assert isinstance(seen[2], float)
    assert before <= seen[2] <= time.time()
    assert (uuid.UUID(str(seen[4])).version, isinstance(seen[3], float), monotonic() > 0) == (4, True, True)


@pytest.mark.parametrize("workflow", [planted.dated, planted.giving_back], ids=lambda workflow: workflow.name)
def test_modules_are_those_of_the_functions(workflow: object) -> None:
    found = modules_of(workflow)  # type: ignore[arg-type]  # one of several types
    assert any(names is vars(planted) for names in found)
    assert all(names.get("__name__", "").partition(".")[0] != "podium" for names in found)


def test_date_is_taken_by_name_too() -> None:
    names = dict(NAMES)
    with Wall().before([names]), Wall().up(Universe(), 0):
        assert names["date"] is not date
