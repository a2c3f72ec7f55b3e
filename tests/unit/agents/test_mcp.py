"""Tools of an MCP server, as far as its manifest goes: what they are called, what they are, and what is refused."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from podium import END, START, IdempotencyKey, StateMachine
from podium.agents.mcp import McpServer
from podium.agents.mcp_errors import (
    BadManifestError,
    McpAnswered,
    McpBroken,
    McpRefused,
    McpToolChangedError,
    McpToolError,
    McpUnreachable,
    McpUnreadable,
)
from podium.agents.mcp_manifest import ListedTool, Manifest, difference, read_manifest
from podium.errors import DefinitionError
from podium.failure import FailureKind
from podium.guard.classify import meaning_of
from podium.testing import simulate
from podium.workflow.approval import Approval

CITY = {"type": "object", "properties": {"city": {"type": "string"}, "from": {"type": "string"}}, "required": ["city"]}
HINTS = {"readOnlyHint": True, "idempotentHint": True}


def manifest(*tools: ListedTool) -> Manifest:
    book = ListedTool(name="book", description="Book a room.", input=CITY, hints=HINTS)
    search = ListedTool(name="search/all", input=CITY, output={"type": "object"}, hints=HINTS)
    return Manifest(name="desk", command=("desk",), tools=(book, search, *tools))


class Trip(BaseModel):
    city: str
    room: Any = None


def test_what_a_server_says_of_itself_is_not_believed() -> None:
    for tool in McpServer(manifest()).tools:
        assert tool.facts.writes
        assert tool.facts.irreversible
        assert tool.code.key_life_ms is None


def test_author_says_what_reads() -> None:
    server = McpServer(manifest(), reads={"search/all"})
    assert [tool.facts.writes for tool in server.tools] == [True, False]
    server.read("book", fresh=60)
    assert server["book"].code.fresh_ms == 60_000


def test_author_says_more_of_a_write() -> None:
    made = McpServer(manifest()).write("book", idempotent=True, approve=Approval(), timeout=5)
    assert made.code.key_life_ms == 24 * 3_600_000
    assert made.facts.asks
    assert made.policy.guards.timeout_ms == 5_000


def test_write_with_a_compensation_is_not_irreversible() -> None:
    server = McpServer(manifest())

    @server.undo("book", by="search/all")
    def give_back(given: Any) -> dict[str, Any]:
        return {"city": given}

    assert server["book"].facts.compensable
    assert not server["book"].facts.irreversible
    assert server["book"].code.irreversible is False


def test_tools_are_named_after_their_server() -> None:
    assert [tool.name for tool in McpServer(manifest()).tools] == ["desk__book", "desk__search_all"]


def test_tool_looks_like_what_the_manifest_says() -> None:
    code = McpServer(manifest())["book"].code
    assert [(one.name, one.is_required) for one in code.signature.data] == [("city", True), ("from_", False)]
    assert {one.type for one in code.signature.given} >= {IdempotencyKey}
    assert code.function.__doc__ == "Book a room."


async def test_arguments_are_sent_under_the_servers_names_and_without_those_left_out() -> None:
    sent: list[Any] = []

    class Session:
        async def call(self, *call: Any, key: str | None) -> str:
            sent.append((*call, key))
            return "room"

    book = McpServer(manifest())["book"]
    await book(city="Busan", mcp_session=Session(), mcp_key="k")
    await book(city="Busan", from_="Seoul", mcp_session=Session(), mcp_key=None)
    assert sent == [("book", {"city": "Busan"}, "k"), ("book", {"city": "Busan", "from": "Seoul"}, None)]


@pytest.mark.parametrize(
    ("tool", "says"),
    [
        (ListedTool(name="x" * 70), "longer than 64"),
        (ListedTool(name="x", input={"type": "object", "properties": {"mcp_session": {}}}), "is called 'mcp_session'"),
        (ListedTool(name="x", input={"type": "array"}), "no object"),
        (ListedTool(name="x", output={"type": 5}), "schema that is none"),
    ],
)
def test_tool_that_can_not_be_made_is_a_fault(tool: ListedTool, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        McpServer(manifest(tool))


def test_tool_that_is_not_there_is_a_fault_that_says_which_are() -> None:
    server = McpServer(manifest())
    for wrong in (lambda: server["bok"], lambda: server.read("bok"), lambda: McpServer(manifest(), reads={"bok"})):
        with pytest.raises(DefinitionError, match="Did you mean 'book'"):
            wrong()


def test_workflow_of_such_tools_is_simulated_without_a_server() -> None:
    server = McpServer(manifest())
    booking = StateMachine(
        "booking", Trip, START >> server["book"].state("book", take={"city": "city"}, give="room") >> END
    )
    report = simulate(booking, Trip(city="Busan"), runs=60)
    assert report.ends["completed"] > 0
    assert report.is_ok
    assert report.parked, "nobody can know what became of a write that has no key"


# ----- the file


def test_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "desk.json"
    file.write_text(manifest().text(), "utf-8")
    assert read_manifest(file) == manifest()
    assert McpServer(file).tools[0].name == "desk__book"


@pytest.mark.parametrize(
    "text", ["{", "{}", '{"name": "a b", "url": "http://x"}', '{"name": "a", "url": "x", "tols": []}']
)
def test_file_that_is_no_manifest_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, "utf-8")
    with pytest.raises(BadManifestError, match=r"x\.json"):
        McpServer(tmp_path / "x.json")
    with pytest.raises(BadManifestError, match="No such file"):
        McpServer(tmp_path / "y.json")


@pytest.mark.parametrize(
    "place", [{}, {"command": ("a",), "url": "http://a"}, {"command": ()}, {"url": "https://me:secret@example.com/mcp"}]
)
def test_manifest_has_one_place_and_no_password(place: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Manifest(name="desk", **place)


def test_what_is_the_same_does_not_differ_whatever_its_words() -> None:
    one = ListedTool(name="a", description="Kind.", input=CITY)
    assert one.differs_from(one.model_copy(update={"description": "Evil.", "hints": HINTS})) == ""
    assert one.differs_from(one.model_copy(update={"input": {}})) == "takes other arguments now"
    assert one.differs_from(one.model_copy(update={"output": {}})) == "gives something else now"
    assert one.differs_from(None) == "is not there any more"
    assert "".join(difference(manifest(), manifest())) == ""


# ----- what goes wrong, as guards see it


@pytest.mark.parametrize(
    ("error", "kind", "is_sure"),
    [
        (McpUnreachable("refused"), FailureKind.NOT_SENT, True),
        (McpBroken("lost"), FailureKind.TRANSIENT, False),
        (McpRefused("no such tool"), FailureKind.PERMANENT, True),
        (McpToolError("no room"), FailureKind.PERMANENT, False),
        (McpUnreadable("not what was promised"), FailureKind.MALFORMED_OUTPUT, False),
        (McpToolChangedError("book", what="is not there any more"), FailureKind.PERMANENT, True),
        (McpAnswered(429, {"retry-after": "7"}), FailureKind.RATE_LIMITED, True),
        (McpAnswered(503, {}), FailureKind.TRANSIENT, False),
        (McpAnswered(401, {}), FailureKind.PERMANENT, True),
    ],
)
def test_failure_means_what_it_says(error: Exception, kind: FailureKind, is_sure: bool) -> None:
    meaning = meaning_of(error)
    assert (meaning.kind, meaning.is_sure) == (kind, is_sure)


def test_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['mcp'] = None; import podium.agents.mcp"
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "pip install 'podium[mcp]'" in ended.stderr
