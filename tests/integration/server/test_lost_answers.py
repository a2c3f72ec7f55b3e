"""What is asked is done once, whatever becomes of the answer and of the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from podium import Client, RunFilter
from tests.integration.server.process import LossyWay, ServerProcess

pytestmark = [pytest.mark.process, pytest.mark.slow]

APP = Path(__file__).with_name("kept.py.txt")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ServerProcess]:
    """Return a server that is up."""
    (tmp_path / "app.py").write_bytes(APP.read_bytes())
    found = ServerProcess(tmp_path, "app.py", "--db", "runs.db")
    found.start()
    yield found
    found.close()


@pytest.mark.parametrize("before", [False, True], ids=["when it was done", "before it came"])
async def test_a_run_is_started_once_where_the_server_is_killed(process: ServerProcess, before: bool) -> None:
    def die() -> None:
        process.kill()
        process.start()

    way = LossyWay(process, die, before=before)
    url = await way.open()
    async with Client(url) as lossy, Client(process.url) as plain:
        run = await lossy.start("adding", {"text": "once"})
        assert way.lost == 1
        assert [info.id for info in await plain.runs(RunFilter())] == [run.id]
        assert (await (await plain.get(run.id)).result())["done"] == 1
    await way.close()


async def test_an_answer_counts_once_where_the_server_is_killed(process: ServerProcess, tmp_path: Path) -> None:
    def die() -> None:
        process.kill()
        process.start()

    way = LossyWay(process, die, before=False)
    async with Client(process.url) as plain:
        run = await plain.start("asking", {"text": "once"}, id="asked")
        async for _, event in run.events():
            if type(event).__name__ == "TaskOpened":
                break
        async with Client(await way.open()) as lossy:
            await (await lossy.get("asked")).answer("ask", {"choice": "approve"})
        assert (await run.result())["done"] == 1
        kinds = [type(event).__name__ async for _, event in run.events()]
        assert kinds.count("StepAnswered") == 1
    await way.close()


async def test_events_go_on_over_a_killed_server(process: ServerProcess) -> None:
    async with Client(process.url) as client:
        run = await client.start("asking", {"text": "on"}, id="followed")
        numbers: list[int] = []
        async for number, event in run.events():
            numbers.append(number)
            if type(event).__name__ == "TaskOpened":
                process.kill()
                process.start()
                await (await client.get("followed")).answer("ask", {"choice": "approve"})
        assert numbers == list(range(1, len(numbers) + 1))
        assert (await run.status()).status.is_terminal


async def test_a_server_that_is_asked_to_stop_ends_streams_and_exits_with_0(process: ServerProcess) -> None:
    async with Client(process.url, patience=2) as client:
        run = await client.start("asking", {"text": "stop"}, id="stopped")
        async for _, event in run.events():
            if type(event).__name__ == "TaskOpened":
                break
        stream = client._connection.stream("/runs/stopped/stream", last_seen=0)
        async with stream as answer:
            lines = answer.aiter_lines()
            await anext(lines)
            process.ask_to_stop()
            rest = [line async for line in lines]
        assert not any(line.startswith("event: end") for line in rest)
    code, said = process.ended()
    assert (code, "Traceback" in said) == (0, False)
