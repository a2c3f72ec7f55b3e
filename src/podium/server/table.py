"""All that may be asked. `server.live.routes` adds the streams; `server.gate` answers for sessions and the audit.

A new route is an entry here; checks, dispatch and the OpenAPI document follow from it.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from starlette.responses import JSONResponse, Response

from podium.errors import BugError
from podium.server import requests as rq
from podium.server.describing import document
from podium.server.endpoints import about, acts, guards, journal, lists, people, run, told, workflows
from podium.server.gate import Scope
from podium.server.live.routes import routes as live_routes
from podium.server.route import MIB, Asked, Handler, NoBody, NoQuery, Route
from podium.server.service import Service
from podium.views import answers as an
from podium.views.audit import AuditPage
from podium.views.compare import Comparison
from podium.views.detail import StepDetail
from podium.views.guards import BreakerRow, GuardPage
from podium.views.journal import JournalPage, JournalRow
from podium.views.page import RunPage
from podium.views.people import ParkedList, TaskList
from podium.views.picture import Picture
from podium.views.runs import RunCounts, RunPageOfList, RunRow
from podium.views.standing import Standing
from podium.views.timeline import Timeline
from podium.views.workflows import WorkflowList, WorkflowPage

_NOT_YET = {202: "asked, and not decided yet: it stays asked"}
_THERE = {200: "the same run was there already"}
_REFUSED = (404, 409, 422)
_PLAIN = "text/plain; version=0.0.4"


def _get(path: str, handler: Handler, gives: Any, says: str, **more: Any) -> Route:
    return Route(method="GET", path=path, handler=handler, gives=gives, says=says, **{"scope": Scope.READ, **more})


def _read(path: str, handler: Handler, gives: Any, says: str, **more: Any) -> Route:
    said = {"body": journal.NDJSON, "body_bytes_max": 32 * MIB, "refuses": (422,), **more}
    return Route(method="POST", path=path, handler=handler, gives=gives, says=says, scope=Scope.READ, **said)


def _act(path: str, handler: Handler, body: Any, says: str, **more: Any) -> Route:
    said = {"scope": Scope.OPERATE, "gives": RunRow, "refuses": _REFUSED, **more}
    return Route(method="POST", path=path, handler=handler, body=body, says=says, is_act=True, **said)


@cache
def routes() -> tuple[Route, ...]:
    """Return every route, in the order of the document."""
    return (*_looking(), *_of_a_run(), *live_routes(), *_acting(), *_people(), *_gated(), *_probes())


@cache
def _document() -> dict[str, Any]:
    return document(routes())


async def _openapi(service: Service, asked: Asked[NoQuery, NoBody]) -> Response:
    del service, asked
    return JSONResponse(_document())


def _looking() -> Iterator[Route]:
    yield _get("/", about.about, an.About, "What this server is, and who asks.")
    yield _get("/workflows", workflows.workflows, WorkflowList, "Workflows that this server has the code of.")
    yield _get("/workflows/{name}", workflows.workflow, WorkflowPage, "A workflow, drawn.", refuses=(404,))
    yield _get(
        "/workflows/{name}/picture",
        workflows.workflow_picture,
        Picture,
        "The picture of a workflow.",
        query=rq.Fold,
        refuses=(404,),
    )
    yield _get("/runs", lists.runs, RunPageOfList, "Runs, newest first.", query=rq.RunPageQuery)
    yield _get("/runs/counts", lists.counts, RunCounts, "How many runs stand how.", query=rq.RunQuery)
    yield _get("/compare", told.compare, Comparison, "What differs between two runs.", query=rq.Pair, refuses=(404,))
    yield _read("/journals/read", told.read_journal, an.OpenedJournal, "An exported journal, shown; it is not kept.")
    yield _read(
        "/journals/step",
        told.read_step,
        StepDetail,
        "A step of an exported journal.",
        query=rq.OfStep,
        refuses=(404, 422),
    )
    yield _get("/guards", guards.guards, GuardPage, "Breakers and budgets.")


def _of_a_run() -> Iterator[Route]:
    def of_run(path: str, handler: Handler, gives: Any, says: str, **more: Any) -> Route:
        return _get(f"/runs/{{id}}{path}", handler, gives, says, refuses=(404,), **more)

    yield of_run("", run.page, RunPage, "A run, with all that its page begins with.", query=rq.Fold)
    yield of_run("/row", run.row, RunRow, "How a run stands, on one line.")
    yield of_run(
        "/result",
        run.result,
        an.RunResult,
        "How a run ended; its whole output.",
        query=rq.Wait,
        also={202: "it is not over yet"},
    )
    yield of_run("/picture", run.run_picture, Picture, "The picture of a run's graph.", query=rq.Fold)
    yield of_run("/picture.svg", run.picture_svg, "image/svg+xml", "A run's graph with its status laid over, as SVG.")
    yield _get(
        "/runs/{id}/picture.png",
        run.picture_png,
        "image/png",
        "The same in pixels; needs the extra `diagrams`.",
        refuses=(404, 409),
    )
    yield of_run("/standing", run.standing, Standing, "How each place stood after an event.", query=rq.Upto)
    yield of_run("/patches", run.patches, an.PatchPage, "What each event changed in the standing.", query=rq.PatchQuery)
    yield of_run("/journal", journal.journal, JournalPage, "A run's events.", query=rq.JournalQuery)
    yield of_run("/journal/{seq}", journal.journal_event, JournalRow, "An event, whole.")
    yield of_run("/step", told.step, StepDetail, "All that is known of a step.", query=rq.OfStep)
    yield of_run("/timeline", told.timeline, Timeline, "A run along time.")
    yield of_run("/report", told.report, "text/html", "A run as an HTML page to keep, without script.")
    says = "A run as curl, Python or pytest, to paste."
    yield _get("/runs/{id}/copy", told.copy, "text/plain", says, query=rq.CopyQuery, refuses=(404, 409))
    yield of_run("/board", run.board, an.BoardPosts, "What is on a board of a run.", query=rq.OfBoard)
    yield of_run("/export", journal.export, journal.NDJSON, "A run's journal as JSON lines.")
    yield of_run("/events", journal.events, an.EventPage, "A run's events as they are stored.", query=rq.EventQuery)


def _acting() -> Iterator[Route]:
    yield _act("/runs", acts.start, rq.StartBody, "Start a run.", status=201, also=_THERE)
    yield _act("/demo", acts.demo, NoBody, "Start the demo, where there is one.", status=201, also=_THERE)
    yield _act("/runs/bulk", lists.bulk, rq.BulkBody, "Ask the same of many runs.", gives=an.BulkResult, refuses=())
    yield _act("/runs/{id}/cancel", acts.cancel, rq.ReasonBody, "Call a run off.", also=_NOT_YET)
    yield _act("/runs/{id}/retry", acts.retry, NoBody, "Send a run on from where it failed.", also=_NOT_YET)
    yield _act("/runs/{id}/resume", acts.resume, NoBody, "Get a run on here, if nobody does.", also=_NOT_YET)
    yield _act("/runs/{id}/signal", acts.signal, rq.SignalBody, "Send a run a signal.", also=_NOT_YET)
    yield _act("/runs/{id}/fork", acts.fork, rq.ForkBody, "Begin a new run as a copy.", status=201, also=_THERE)
    yield _act(
        "/breakers/{name}/order",
        guards.order,
        rq.OrderBody,
        "Open a breaker, disable it, or let it decide.",
        scope=Scope.ADMIN,
        gives=BreakerRow,
        refuses=(404,),
    )


def _people() -> Iterator[Route]:
    yield _get("/tasks", people.tasks, TaskList, "Open questions, oldest first.", query=rq.OfRun, refuses=(404,))
    yield _act("/tasks/answer", people.answer, rq.AnswerBody, "Answer a question.", also=_NOT_YET)
    yield _get(
        "/parked",
        people.parked,
        ParkedList,
        "Steps that wait for a decision, oldest first.",
        query=rq.OfRun,
        refuses=(404,),
    )
    yield _act("/parked/resolve", people.resolve, rq.ResolveBody, "Decide about a parked step.", also=_NOT_YET)


def _gated() -> Iterator[Route]:
    """Return what `server.gate` answers before it gets here, for the document."""
    login: dict[str, Any] = {"path": "/session", "scope": None, "handler": _not_here, "gives": None, "status": 204}
    says = "Exchange a token for a cookie, for a browser."
    yield Route(method="POST", body=rq.TokenBody, body_bytes_max=MIB, says=says, **login)
    yield Route(method="DELETE", says="Forget the cookie.", **login)
    yield _get("/audit", _not_here, AuditPage, "What people did, newest first.", query=rq.Page, scope=Scope.ADMIN)


async def _not_here(service: Service, asked: Asked[Any, Any]) -> Response:
    """Say that the gate is missing, which answers this."""
    del service, asked
    message = "nothing stands before the server"
    raise BugError(message)


def _probes() -> Iterator[Route]:
    yield _get("/healthz", about.healthz, an.Health, "The process lives.", scope=None, is_outside=True)
    yield _get("/readyz", about.readyz, an.Health, "Requests are welcome.", scope=None, is_outside=True, refuses=(503,))
    yield _get("/openapi.json", _openapi, "application/json", "This document.", scope=None)
    yield _get("/metrics", about.metrics, _PLAIN, "Figures, as Prometheus reads them.", is_outside=True)
