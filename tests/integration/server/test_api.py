"""The API as any client meets it: what it answers, what it refuses, and what counts once."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from podium import Edit, Status
from podium.demo import visit
from podium.errors import StoreUnavailableError
from tests.integration.server.exercises import until
from tests.integration.server.serving import ACT_S, Served

PROBLEM = "application/problem+json"


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return a problem, which is to be of that status and type ("" for any)."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    said: dict[str, Any] = answer.json()
    assert said["type"].startswith(f"/problems/{code}")
    return said


async def ended(server: Served, run_id: str) -> dict[str, Any]:
    while (answer := await server.http.get(f"/runs/{run_id}/result", params={"wait": 20})).status_code == 202:
        pass
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


# ----- what it answers


async def test_server_says_what_it_is(server: Served) -> None:
    said = await server.get("/")
    assert (said["engine"], said["scope"], said["workflows"], said["can_demo"]) == ("sqlite", "admin", 8, True)
    assert [row["name"] for row in (await server.get("/workflows"))["workflows"]] == sorted(
        ["booking", "checking", "consenting", "counting", "failing", "patient", "paying", "trip"]
    )
    page = await server.get("/workflows/checking")
    assert page["workflow"]["asks_text"]
    assert {box["place"] for box in page["picture"]["boxes"]} >= {"check", "count"}
    assert page["mermaid"].startswith("stateDiagram-v2")


async def test_a_run_is_started_with_a_sentence_and_found_where_the_answer_says(server: Served) -> None:
    answer = await server.post("/runs", {"workflow": "counting", "text": "a whole sentence", "id": "a/b c#d"})
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/runs/a%2Fb%20c%23d"
    over = await ended(server, "a%2Fb%20c%23d")
    assert json.loads(over["output"]["json_text"])["words"] == 3
    again = await server.post("/runs", {"workflow": "counting", "text": "a whole sentence", "id": "a/b c#d"})
    assert again.status_code == 200


async def test_a_run_is_shown_from_all_sides(server: Served) -> None:
    run = await server.client.start("checking", {"text": "x"}, id="seen")
    await until(run, Status.WAITING)
    page = await server.get("/runs/seen", fold="nowhere")
    assert page["run"]["status"] == "waiting"
    assert page["has_code"]
    assert {"cancel", "answer", "fork"} <= set(page["can"])
    assert page["opens_at"] == "check"
    standing = await server.get("/runs/seen/standing")
    assert standing["nodes"]["check"]["status"] == "waiting"
    assert (await server.get("/runs/seen/standing", upto=1))["seq"] == 1
    patches = await server.get("/runs/seen/patches", limit=1)
    assert (len(patches["patches"]), patches["next"]) == (1, 1)
    assert (await server.get("/runs/seen/patches", after=standing["seq"])) == {"patches": [], "next": None}
    assert (await server.get("/runs/seen/picture"))["boxes"]
    pixels = await server.http.get("/runs/seen/picture.png")
    assert (
        pixels.content.startswith(b"\x89PNG") or "podium[diagrams]" in problem(pixels, 409, "ask.no_pixels")["detail"]
    )
    assert (await server.http.get("/runs/seen/picture.svg")).headers["content-type"].startswith("image/svg+xml")
    assert (await server.get("/runs/seen/timeline"))["bars"]
    assert (await server.get("/runs/seen/step", address="check"))["kind"] == "human"
    problem(await server.http.get("/runs/seen/step?address=count"), 404, "ask.nothing_there")
    assert (await server.get("/runs/seen/board", name="seen")) == {"posts": []}
    assert server.url in (await server.http.get("/runs/seen/copy")).text
    compile((await server.http.get("/runs/seen/copy?form=pytest&address=check")).text, "copied", "exec")
    problem(await server.http.get("/runs/seen/copy?address=nobody"), 409, "ask.refused")
    assert "<script" not in (await server.http.get("/runs/seen/report")).text


async def test_journal_is_read_in_pages_and_searched(server: Served) -> None:
    run = await server.client.start("counting", {"text": "needle"}, id="told")
    await run.result()
    whole = await server.get("/runs/told/journal")
    assert [row["seq"] for row in whole["rows"]] == list(range(1, whole["total"] + 1))
    first = await server.get("/runs/told/journal", limit=2)
    assert first["next"] == 2
    rest = await server.get("/runs/told/journal", after=2)
    assert first["rows"] + rest["rows"] == whole["rows"]
    assert {row["kind"] for row in (await server.get("/runs/told/journal", kind="step_done,step_started"))["rows"]} == {
        "step_done",
        "step_started",
    }
    assert (await server.get("/runs/told/journal", text="NEEDLE"))["rows"][0]["seq"] == 1
    assert (await server.get("/runs/told/journal", address="nobody"))["rows"] == []
    assert (await server.get("/runs/told/journal/1"))["kind"] == "run_started"
    problem(await server.http.get("/runs/told/journal/99"), 404, "ask.nothing_there")
    problem(await server.http.get("/runs/told/journal/x"), 400, "ask.bad_request")


async def test_an_exported_journal_is_read_back_and_kept_nowhere(server: Served) -> None:
    await (await server.client.start("counting", {"text": "a b"}, id="kept")).result()
    exported = await server.http.get("/runs/kept/export")
    assert exported.headers["content-disposition"] == "attachment; filename*=UTF-8''kept.jsonl"
    renamed = exported.content.replace(b'"kept"', b'"gone"')
    kind = {"content-type": "application/x-ndjson"}
    shown = (await server.http.post("/journals/read", content=renamed, headers=kind)).json()
    assert shown["page"]["run"]["id"] == "gone"
    assert (len(shown["patches"]), len(shown["journal"])) == (shown["page"]["run"]["seq"],) * 2
    assert shown["page"]["can"] == []
    step = await server.http.post("/journals/step?address=count", content=renamed, headers=kind)
    assert step.json()["changes"][0]["field"] == "words"
    problem(await server.http.get("/runs/gone/row"), 404, "ask.run_not_found")
    problem(await server.http.post("/journals/read", content=b"{}", headers=kind), 422, "ask.bad_export")
    assert (await server.http.post("/journals/read", content=b"{}")).status_code == 415


async def test_runs_are_listed_in_pages_counted_and_compared(server: Served) -> None:
    for at in range(5):
        await (await server.client.start("counting", {"text": f"number {at}"}, id=f"run-{at}")).result()
    first = await server.get("/runs", limit=2)
    assert [row["id"] for row in first["runs"]] == ["run-4", "run-3"]
    rest = await server.get("/runs", limit=200, cursor=first["next"])
    assert [row["id"] for row in rest["runs"]] == ["run-2", "run-1", "run-0"]
    assert rest["next"] is None
    assert [row["id"] for row in (await server.get("/runs", text="number 3"))["runs"]] == ["run-3"]
    assert (await server.get("/runs", status="failed,parked"))["runs"] == []
    assert (await server.get("/runs/counts", workflow="counting"))["by_status"]["completed"] == 5
    compared = await server.get("/compare", left="run-0", right="run-1")
    assert compared["same_graph"]
    assert [line["pointer"] for line in compared["inputs"]] == ["/text"]


async def test_what_waits_for_people_is_listed_with_its_answers(server: Served) -> None:
    run = await server.client.start("checking", {"text": "x"}, id="asks")
    await until(run, Status.WAITING)
    consent = await server.client.start("consenting", {"text": "pay me"}, id="consents")
    await until(consent, Status.WAITING)
    tasks = {row["run_id"]: row for row in (await server.get("/tasks"))["tasks"]}
    assert [(one["name"], one["as_is"]) for one in tasks["asks"]["options"]] == [
        ("approve", '{"choice": "approve"}'),
        ("edit", None),
        ("reject", '{"choice": "reject"}'),
    ]
    assert (tasks["asks"]["workflow"], tasks["asks"]["title"]) == ("checking", "Is the text good?")
    assert (tasks["consents"]["is_approval"], tasks["consents"]["tool"]) == (True, "pay")
    assert tasks["consents"]["args"]["json_text"] == '{"text":"pay me"}'
    assert [row["run_id"] for row in (await server.get("/tasks", run="asks"))["tasks"]] == ["asks"]


async def test_parked_steps_are_listed_and_resolved_by_who_asks(server: Served) -> None:
    run = await server.client.start("booking", {"text": "doubt"}, id="parks")
    await until(run, Status.PARKED)
    (row,) = (await server.get("/parked"))["parked"]
    assert {one["verb"]: one["takes_answer"] for one in row["actions"]} == {
        "done": True,
        "not-done": False,
        "retry": False,
        "abort": False,
    }
    body = {"run_id": "parks", "path": row["path"], "verb": "done", "answer": "B-1", "by": "somebody else"}
    assert "body.by" in problem(await server.post("/parked/resolve", body), 400, "ask.bad_request")["detail"]
    del body["by"]
    assert (await server.post("/parked/resolve", body)).status_code == 200
    (event,) = [event async for _, event in run.events() if type(event).__name__ == "StepResolved"]
    assert event.by == (await server.get("/"))["user"]  # type: ignore[union-attr]  # it is a StepResolved


async def test_breakers_obey_orders_and_say_who_gave_them(server: Served) -> None:
    row = next(one for one in (await server.get("/guards"))["breakers"] if one["name"] == "desk")
    assert (row["name"], row["state"], row["tools"]) == ("desk", "closed", ["book", "unbook", "look"])
    ordered = await server.post("/breakers/desk/order", {"switch": "open", "seconds": 600, "reason": "it is down"})
    assert ordered.json()["state"] == "forced_open"
    assert ordered.json()["orders"][0]["reason"] == "it is down"
    run = await server.client.start("patient", {"text": "x"}, id="waits")
    async for _, event in run.events():
        if type(event).__name__ == "StepPostponed":
            break
    desk = next(one for one in (await server.get("/guards"))["breakers"] if one["name"] == "desk")
    assert desk["waiting_runs"] == ["waits"]
    problem(await server.post("/breakers/nobody/order", {"switch": "open"}), 404, "ask.unknown_breaker")


async def test_many_runs_are_cancelled_at_once_and_each_says_what_became_of_it(server: Served) -> None:
    for name in ("one", "two"):
        await until(await server.client.start("paying", {"text": "x"}, id=name), Status.WAITING)
    said = (await server.post("/runs/bulk", {"act": "cancel", "ids": ["one", "two", "three"], "reason": "all"})).json()
    assert sorted(said["done"]) == ["one", "two"]
    assert list(said["refused"]) == ["three"]


async def test_demo_asks_a_person_goes_on_with_the_edit_and_undoes_what_it_booked(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "PAUSE_S", 0)
    started = await server.post("/demo", key="demo")
    assert (await server.post("/demo", key="demo")).json()["id"] == started.json()["id"]
    run = await server.client.get(started.json()["id"])
    await until(run, Status.WAITING)
    await run.answer("approve", Edit[visit.Plan](value=visit.Plan(nights=9)))
    assert (await ended(server, run.id))["status"] == "compensated"
    undone = [event.path async for _, event in run.events() if type(event).__name__ == "UndoDone"]  # type: ignore[union-attr]  # they have one
    assert undone == ["hotel.undo", "flight.undo"]


# ----- what counts once


async def test_a_key_is_answered_the_same_again(server: Served) -> None:
    body = {"workflow": "counting", "input": {"text": "once"}}
    first = await server.post("/runs", body, key="k-1")
    again = await server.post("/runs", body, key="k-1")
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    other = await server.post("/runs", {**body, "input": {"text": "twice"}}, key="k-1")
    problem(other, 422, "key-reused")
    assert len((await server.get("/runs"))["runs"]) == 1


async def test_a_request_that_broke_off_is_carried_out_again_and_counts_once(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = server.engine.start_fields

    async def begin_and_break(*given: Any, **more: Any) -> None:
        await begin(*given, **more)
        message = "the disk was pulled"
        raise StoreUnavailableError(message)

    body = {"workflow": "counting", "text": "on"}
    monkeypatch.setattr(server.engine, "start_fields", begin_and_break)
    problem(await server.post("/runs", body, key="k-2"), 503, "store.unavailable")
    monkeypatch.undo()
    assert (await server.post("/runs", body, key="k-2")).status_code == 200
    assert len((await server.get("/runs"))["runs"]) == 1


async def test_what_is_not_decided_yet_stays_asked_and_is_found_by_the_same_key(server: Served) -> None:
    # A run whose code is here nowhere: an answer waits for whoever has it.
    run = await server.client.start("checking", {"text": "x"}, id="elsewhere")
    await until(run, Status.WAITING)
    registry = server.engine._registry
    known = dict(registry._by_hash)
    registry._by_hash.clear()
    object.__setattr__(server.app.service.settings, "act_s", 0.05)
    body = {"run_id": "elsewhere", "path": "check", "answer": {"choice": "approve"}}
    asked = await server.post("/tasks/answer", body, key="k-3")
    assert (asked.status_code, asked.json()["status"]) == (202, "waiting")
    registry._by_hash.update(known)
    object.__setattr__(server.app.service.settings, "act_s", ACT_S)
    assert (await server.post("/tasks/answer", body, key="k-3")).status_code == 200
    assert (await ended(server, "elsewhere"))["status"] == "completed"


# ----- what it refuses

BAD: list[tuple[str, str, Any, int, str, str]] = [
    ("POST", "/runs", {"workflow": "counting"}, 422, "ask.invalid_input", "text"),
    ("POST", "/runs", {"workflow": "nobody"}, 404, "ask.nothing_there", "counting"),
    ("POST", "/runs", {"workflow": 5}, 400, "ask.bad_request", "body.workflow"),
    ("POST", "/runs", {"workflow": "counting", "text": "x", "id": "bulk"}, 400, "ask.bad_request", "word of the API"),
    ("POST", "/runs", {"workflow": "counting", "text": "x", "id": "a\nb"}, 400, "ask.bad_request", "body.id"),
    ("POST", "/runs", {"workflow": "counting", "text": "x", "input": {}}, 422, "ask.invalid_input", "not both"),
    ("POST", "/runs/none/cancel", {}, 404, "ask.run_not_found", "none"),
    ("POST", "/runs/none/cancel", {"reason": 1}, 400, "ask.bad_request", "body.reason"),
    ("GET", "/runs?limit=0", None, 400, "ask.bad_request", "query.limit"),
    ("GET", "/runs?limit=1&limit=2", None, 400, "ask.bad_request", "twice"),
    ("GET", "/runs?status=happy", None, 400, "ask.bad_request", "query.status.0"),
    ("GET", "/runs?cursor=AAAA", None, 400, "ask.bad_request", "next"),
    ("GET", "/runs?what=1", None, 400, "ask.bad_request", "query.what"),
    ("GET", "/runs?text=%ff", None, 400, "ask.bad_request", "UTF-8"),
    ("GET", "/runs/x%ff", None, 400, "", "path"),  # the gate's or ours
    ("GET", "/runs/none/standing?upto=99999999999999999999", None, 400, "ask.bad_request", "query.upto"),
    ("GET", "/nowhere", None, 404, "ask.nothing_there", "/api/v1/nowhere"),
    ("DELETE", "/runs", None, 405, "ask.wrong_method", "GET, POST"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case[0]} {case[1]} {case[5]}")
async def test_bad_requests_are_told_what_was_expected(
    server: Served, case: tuple[str, str, Any, int, str, str]
) -> None:
    method, path, body, status, code, says = case
    answer = await server.http.request(method, path, json=body)
    assert says in problem(answer, status, code)["detail"]


async def test_a_bug_is_told_without_its_trace(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        message = "secret of the inside"
        raise RuntimeError(message)

    monkeypatch.setattr(server.engine, "counts", broken)
    answer = await server.http.get("/runs/counts")
    assert "secret" not in problem(answer, 500, "bug")["detail"]


# ----- around it


async def test_probes_and_figures_are_outside_of_the_api(server: Served) -> None:
    await (await server.client.start("counting", {"text": "x"})).result()
    async with httpx.AsyncClient(base_url=server.url) as outside:
        assert (await outside.get("/healthz")).json() == {"status": "ok"}
        assert (await outside.get("/readyz")).json() == {"status": "ok"}
        assert "podium_runs_started_total{" in (await outside.get("/metrics")).text
        assert (await outside.get("/runs/any?tab=graph")).headers["content-type"].startswith("text/html")
        assert (await outside.get("/assets/%2e%2e/app.py")).status_code in {400, 404}
        assert (await outside.get("/assets/nothing.js")).status_code == 404


async def test_a_server_that_drains_is_not_ready_and_begins_nothing_new(server: Served) -> None:
    run = await server.client.start("checking", {"text": "x"}, id="before")
    await until(run, Status.WAITING)
    waiting = asyncio.ensure_future(server.http.get("/runs/before/result", params={"wait": 30}))
    async with asyncio.timeout(60):
        while not server.app.service.engine.backend.host.watchers._ends:  # type: ignore[attr-defined]  # it is embedded
            await asyncio.sleep(0)
    server.app.drain.begin()
    assert (await waiting).status_code == 202
    async with httpx.AsyncClient(base_url=server.url) as outside:
        problem(await outside.get("/readyz"), 503, "ask.draining")
        assert (await outside.get("/healthz")).status_code == 200
    refused = await server.post("/runs", {"workflow": "counting", "text": "late"})
    problem(refused, 503, "ask.draining")
    assert refused.headers["retry-after"] == "1"
    body = {"run_id": "before", "path": "check", "answer": {"choice": "approve"}}
    problem(await server.post("/tasks/answer", body), 503, "ask.draining")
    assert (await server.get("/runs/before/row"))["status"] == "waiting"
    server.stop.set()
    async with asyncio.timeout(30):
        await server.serving
