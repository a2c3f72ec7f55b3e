"""How a compensation is found again, and what it takes."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, IdempotencyKey, OnFailure, StateMachine, step, tool
from podium.errors import DataChangedError, DefinitionErrors, InvalidAnswerError
from podium.workflow.binding import UndoCode
from podium.workflow.toolcode import signed
from podium.workflow.workflow import Workflow


class Nobody:
    """Gives no resource."""

    def resource(self, wanted: type[Any]) -> Any:
        raise AssertionError(wanted)


class Booking(BaseModel):
    ref: str


class Trip(BaseModel):
    city: str = "Busan"


@tool.write(idempotent=True)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> Booking:
    return Booking(ref=city)


@book.reconcile
async def find(*, key: IdempotencyKey = FROM_ENGINE) -> Booking | None:
    return None


@book.compensate
async def cancel(booking: Booking, fee: int = 1, *, key: IdempotencyKey = FROM_ENGINE) -> None: ...


@tool.write(idempotent=True)
async def hold(city: str) -> int:
    return 1


@hold.compensate
async def free(
    *,
    held: int | None = None,
    forward_key: IdempotencyKey = FROM_ENGINE,
    key: IdempotencyKey = FROM_ENGINE,
) -> dict[str, Any]:
    return {"held": held, "forward": forward_key, "own": key}


@tool.write
async def ping(city: str) -> None: ...


@ping.compensate
async def unping() -> None: ...


def machine(*tools: Any) -> Workflow[Any, Any]:
    chain: Any = START
    for number, one in enumerate(tools):
        chain = chain >> one.state(f"s{number}", take={"city": "city"})
    return StateMachine("m", Trip, chain >> END)


def code(one: Any) -> UndoCode:
    found = machine(one).undo(one.name, one.code.undo)
    assert found is not None
    return found


def test_result_of_the_write_is_what_the_first_required_parameter_gets() -> None:
    assert code(book).freeze('{"ref":"x"}') == '{"booking":{"ref":"x"},"fee":1}'
    assert code(hold).freeze("7") == '{"held":7}'
    assert code(ping).freeze("null") == "{}"


def test_only_a_parameter_that_admits_none_goes_with_a_write_that_nobody_knows_of() -> None:
    assert [code(one).admits_none for one in (book, hold, ping)] == [False, True, False]
    assert code(hold).freeze(None) == '{"held":null}'


def test_result_that_no_longer_fits_is_said_and_another_one_can_be_given() -> None:
    with pytest.raises(DataChangedError, match="result of book"):
        code(book).freeze('{"name":"x"}')
    given = code(book).check('{"ref": "y"}')
    assert given == '{"ref":"y"}'
    assert code(book).freeze_instead(given) == '{"booking":{"ref":"y"},"fee":1}'
    with pytest.raises(InvalidAnswerError, match="cancel does not fit"):
        code(book).check("7")
    assert code(ping).check("7") == "7"
    assert code(ping).freeze_instead("7") == "{}"


def test_key_of_the_write_is_given_by_its_name() -> None:
    sent: Any = code(hold).tool.send('{"held":7}', key="mine", provider=Nobody(), forward_key="theirs")
    assert asyncio.run(sent) == {"held": 7, "forward": "theirs", "own": "mine"}


def test_compensation_does_not_inherit_reconcile_which_asks_about_the_writes_key() -> None:
    assert (book.code.reconciles, cancel.code.reconciles) == (True, False)
    assert cancel.code.key_life_ms == book.code.key_life_ms


def test_compensation_is_found_by_name_and_by_what_it_takes_only() -> None:
    found = machine(book, hold)
    assert found.undo("book", book.code.undo) is not None
    assert found.undo("book", hold.code.undo) is None
    assert found.undo("book", "cancel@00000000") is None
    assert found.undo("nobody", book.code.undo) is None
    assert machine(book).undo("hold", hold.code.undo) is None


def of(text: str) -> str:
    """Return what is recorded of a compensator with this signature, in a module of its own."""
    names: dict[str, Any] = {"tool": tool, "Booking": Booking, "FROM_ENGINE": FROM_ENGINE, "Key": IdempotencyKey}
    exec(f"@tool.write\nasync def undo{text}: ...", names)  # noqa: S102  # made by the test
    return signed(names["undo"])


def test_what_is_recorded_changes_with_what_it_takes_and_with_nothing_else() -> None:
    known = of("(booking: Booking, fee: int = 1, *, key: Key = FROM_ENGINE) -> None")
    assert known == of("(booking: Booking, fee: int = 2, *, key: Key = FROM_ENGINE) -> Booking")
    assert known == of("(booking: Booking, fee: int = 1, *, key: Key = FROM_ENGINE, client: Booking = FROM_ENGINE)")
    others = {
        of("(booking: Booking | None, fee: int = 1, *, key: Key = FROM_ENGINE)"),
        of("(reservation: Booking, fee: int = 1, *, key: Key = FROM_ENGINE)"),
        of("(booking: Booking, fee: int, *, key: Key = FROM_ENGINE)"),
        of("(booking: Booking, fee: str = '', *, key: Key = FROM_ENGINE)"),
        of("(booking: Booking, *, key: Key = FROM_ENGINE)"),
        of("(booking: Booking, fee: int = 1)"),
    }
    assert len(others | {known}) == 7


PROGRAM = """
from pydantic import BaseModel
from podium import tool

class Booking(BaseModel):
    ref: str

@tool.write
async def book(city: str) -> Booking: ...

@book.compensate
async def cancel(bookings: list[Booking] | None) -> None: ...

if __name__ == "__main__":
    print(book.code.undo)
"""


def test_program_and_module_of_one_file_record_the_same(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PROGRAM)
    told = [
        subprocess.run([sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        for words in (["app.py"], ["-c", "import app; print(app.book.code.undo)"])
    ]
    assert told[0] == told[1] != ""


def test_step_may_not_call_what_takes_the_key_of_a_write_that_it_undoes() -> None:
    @step
    async def early(trip: Trip) -> None:
        await free(held=1)

    with pytest.raises(DefinitionErrors) as said:
        StateMachine("early", Trip, START >> early >> END, on_failure=OnFailure.STOP)
    (fault,) = said.value.faults
    assert (fault.code, fault.message.partition(":")[0]) == (
        "no-forward-key",
        "free takes forward_key, and step early calls it",
    )
