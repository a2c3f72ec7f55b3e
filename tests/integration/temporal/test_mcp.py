"""Tools of an MCP server over a Temporal server: a read and a write are made once, over one connection."""

import secrets
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, START, Engine, StateMachine, step
from podium.agents.mcp import McpServer, discover, resources

pytestmark = pytest.mark.process

SERVED = Path(__file__).parent.parent / "mcp" / "served.py"


class Stay(BaseModel):
    city: str
    found: list[str] = []
    room: Any = None


async def test_tools_of_an_mcp_server_serve_a_run(url: str, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    server = McpServer(await discover("desk", (sys.executable, str(SERVED), str(ledger))), reads={"search"})

    @step
    async def look(stay: Stay) -> None:
        stay.found = (await server["search"](pattern=stay.city))["result"]

    book = server["book"].state("book", take={"city": "city"}, give="room")
    staying = StateMachine("staying", Stay, START >> look >> book >> END)
    async with Engine(url, workflows=[staying], resources=resources(server)) as engine:
        ended = await (await engine.start(staying, Stay(city="Busan"), id=secrets.token_hex(4))).result()
    assert ended == Stay(city="Busan", found=["Busan 0", "Busan 1"], room={"result": "a room in Busan"})
    assert [line.split()[0] for line in ledger.read_text("utf-8").splitlines()] == ["search", "book"]
