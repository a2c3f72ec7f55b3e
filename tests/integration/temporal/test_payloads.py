"""What the server gets to see of what runs carry: nothing where a codec is named, and of long values their names."""

from pathlib import Path

import pytest

from podium import Engine
from podium.errors import BadEngineUrlError
from tests.integration.temporal.asking import backend
from tests.integration.temporal.desk import Order, quick, resources
from tests.integration.temporal.server import Server

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("world")]

CODEC = "tests.integration.temporal.secret:codec"
SECRET = "the moon is made of cheese"


async def _history(engine: Engine, run_id: str) -> str:
    handle = backend(engine).client.get_workflow_handle(run_id)
    return str((await handle.describe()).raw_description) + (await handle.fetch_history()).to_json()


def _shared(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


async def test_codec_hides_all_that_a_run_carries_from_the_server(url: str) -> None:
    async with Engine(f"{url}&codec={CODEC}", workflows=[quick], resources=resources) as engine:
        run = await engine.start(quick, Order(item=SECRET))
        assert (await run.result()).booked == f"{SECRET}!"
        seen = await _history(engine, run.id)
    assert run.id in seen
    assert "bW9vbiBpcy" not in seen  # "moon is", as payloads are written in the history's JSON
    assert "moon is" not in seen


async def test_long_value_is_a_blob_and_the_history_has_its_name(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    long = SECRET * 10_000
    async with Engine(f"{url}&blobs={folder}", workflows=[quick], resources=resources) as engine:
        run = await engine.start(quick, Order(item=long))
        assert (await run.result()).booked == f"{long}!"
        assert len(await _history(engine, run.id)) < len(long)
    assert any(SECRET.encode() in blob for blob in _shared(folder))


async def test_blobs_are_hidden_too_where_there_is_a_codec(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    long = SECRET * 10_000
    options = f"&blobs={folder}&codec={CODEC}"
    async with Engine(url + options, workflows=[quick], resources=resources) as engine:
        assert (await (await engine.start(quick, Order(item=long))).result()).booked == f"{long}!"
    found = _shared(folder)
    assert found
    assert not any(SECRET.encode() in blob for blob in found)


@pytest.mark.parametrize("place", ["nowhere.at:all", "json:dumps", "json"])
async def test_codec_that_is_none_is_refused(server: Server, place: str) -> None:
    with pytest.raises(BadEngineUrlError, match="payload codec .*expected"):
        async with Engine(server.url("q", codec=place)):
            pass
