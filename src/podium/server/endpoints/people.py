"""What waits for people, and their decisions."""

from collections.abc import Sequence
from contextlib import suppress

from podium.core.stimuli import Verb
from podium.engine import inbox
from podium.engine.list_store import TOP, ListPlace
from podium.engine.parked import ParkedRecord, records
from podium.engine.ports import HumanTask, ParkedStep
from podium.errors import DamagedError, RunNotFoundError, UnknownEventError
from podium.server.asking import ask, json_text, row_of
from podium.server.cursors import cursor_of, place_of
from podium.server.people_rows import parked_row, task_row
from podium.server.requests import AnswerBody, OfRun, ResolveBody
from podium.server.route import Asked, NoBody, NoQuery, Told
from podium.server.service import Service
from podium.views.people import ParkedList, TaskList

_PAGE = 100


async def tasks(service: Service, asked: Asked[OfRun, NoBody]) -> TaskList:
    """List open questions, oldest first."""
    found = await service.engine.tasks(run_id=asked.query.run, after=_place(asked.query.cursor), limit=_PAGE + 1)
    page, more = found[:_PAGE], _next(found)
    names: dict[str, str] = {}
    for run_id in dict.fromkeys(task.run_id for task in page):
        with suppress(RunNotFoundError):  # it is gone since
            names[run_id] = (await service.engine.info(run_id)).workflow
    return TaskList(tasks=tuple(task_row(one, names[one.run_id]) for one in page if one.run_id in names), next=more)


async def parked(service: Service, asked: Asked[OfRun, NoBody]) -> ParkedList:
    """List parked steps, oldest first."""
    found = await service.engine.parked(run_id=asked.query.run, after=_place(asked.query.cursor), limit=_PAGE + 1)
    page, more = found[:_PAGE], _next(found)
    known: dict[tuple[str, str], ParkedRecord] = {}
    for run_id in dict.fromkeys(step.run_id for step in page):
        known |= {(run_id, one.step.path): one for one in await _records(service, run_id, page)}
    rows = (known.get((step.run_id, step.path)) for step in page)  # None: decided since
    return ParkedList(parked=tuple(parked_row(row) for row in rows if row is not None), next=more)


async def _records(service: Service, run_id: str, page: Sequence[ParkedStep]) -> list[ParkedRecord]:
    """Return the parked steps of a run; of one that can not be read, what the list has of them, and why no more."""
    try:
        return await records(service.engine.backend, run_id)
    except RunNotFoundError:  # it is gone since
        return []
    except (DamagedError, UnknownEventError) as error:
        info = await service.engine.info(run_id)
        return [
            ParkedRecord(
                step=step,
                workflow=info.workflow,
                known=(),
                unknown=(str(error),),
                tried=(),
                waiting=(),
                actions=(),
            )
            for step in page
            if step.run_id == run_id
        ]


async def answer(service: Service, asked: Asked[NoQuery, AnswerBody]) -> Told:
    """Answer a question."""
    body = asked.body
    given = {"path": body.path, "answer": json_text(body.answer), "by": asked.who.name}
    return await row_of(service, body.run_id, is_done=await ask(service, asked, body.run_id, inbox.ANSWER, **given))


async def resolve(service: Service, asked: Asked[NoQuery, ResolveBody]) -> Told:
    """Decide about a parked step."""
    body = asked.body
    is_bare = body.answer is None and body.verb is not Verb.DONE  # of DONE, null is what the tool would have given
    given = {
        "path": body.path,
        "verb": body.verb.value,
        "answer": None if is_bare else json_text(body.answer),
        "by": asked.who.name,
        "reason": body.reason,
        "version": body.version,
    }
    return await row_of(service, body.run_id, is_done=await ask(service, asked, body.run_id, inbox.RESOLVE, **given))


def _place(cursor: str | None) -> ListPlace:
    return TOP if cursor is None else ListPlace(*place_of(cursor, int, str, str))  # type: ignore[arg-type]  # as said


def _next(found: Sequence[HumanTask] | Sequence[ParkedStep]) -> str | None:
    """Return the cursor of what comes after a page, of which one more was asked for."""
    if len(found) <= _PAGE:
        return None
    last = found[_PAGE - 1].place
    return cursor_of(last.at, last.run_id, last.path)
