"""`podium demo`: books a trip over real services, kills its own worker midway, audits; writes an article; undoes one.

The second trip can not be had: what it has booked is undone, over the kill of a worker as well.

What this process believes in the end are the ledgers of the services, not Podium's journal: they are the world.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final

from podium.core.events import Event, RunCompensated, RunCompleted
from podium.demo.conductor import Conductor, NotGettingOnError, Tell
from podium.demo.desk.audit import Audit, read_audit
from podium.demo.desk.models import ServiceSpec
from podium.demo.desk.process import DeskNotStartedError, travel_desk
from podium.demo.plan import Plan, fresh, kinds_of, latest, planned, sold_out
from podium.demo.process import WorkerEndedError
from podium.demo.telling import OVER, writing_words
from podium.demo.travel import Trip
from podium.demo.wish import EXAMPLES, Unclear, Wish, read_wish
from podium.demo.writing import Article, writing
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.engine.ports import RunInfo, Status
from podium.errors import PodiumError
from podium.sqlite.lock import FileLock

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130

_MOVING: Final = frozenset({Status.RUNNING, Status.WAITING, Status.COMPENSATING})
_LEFT: Final = ("podium.db", "travel.svg", "writing.svg", "sold-out/podium.db", "sold-out/travel.svg")
_TROUBLE: Final = (PodiumError, DeskNotStartedError, WorkerEndedError, NotGettingOnError, OSError)


def run(text: str | None, *, folder: Path) -> int:
    """Tell the demo on standard output and return its exit code.

    0: both runs completed, the article reached its score, and the ledgers show nothing twice and nothing lost. 1: not
    so. 2: the text was not understood. 130: interrupted; the runs are kept, and the next call without a text goes on
    with them.

    Args:
        text: Where to, in free words; None goes on with a trip that was interrupted, or takes the first example.
        folder: Made if missing. Each trip gets a folder of its own in it: database, ledgers, logs, pictures, article.
    """
    wish = read_wish(EXAMPLES[0] if text is None else text)
    if isinstance(wish, Unclear):
        _tell_unclear(wish)
        return USAGE
    plan: Plan | None = None
    try:
        plan = asyncio.run(interrupted(folder)) if text is None else None
        plan = plan or planned(fresh(folder), wish, text or EXAMPLES[0])
        return _locked(plan)
    except KeyboardInterrupt:
        _say("interrupted; every process that was started has ended.")
        _tell_kept(plan)
        return INTERRUPTED
    except BrokenPipeError:
        raise  # nobody reads any more; the caller knows what its output was
    except _TROUBLE as error:
        _say(f"the demo could not go on: {error}")
        return FAILED


def _locked(plan: Plan) -> int:
    """Tell a plan while holding its folder, so that two demos do not conduct one trip."""
    lock = FileLock(_lock_of(plan.folder))
    try:
        return DONE if asyncio.run(tell_story(plan, tell=_say)) else FAILED
    finally:
        lock.release()


async def interrupted(folder: Path) -> Plan | None:
    """Return the plan of the last trip where it can still get on, and nobody conducts it."""
    last = latest(folder)
    if last is None or not (last / "podium.db").is_file():
        return None
    try:
        FileLock(_lock_of(last)).release()
    except OSError:
        return None
    async with Engine(f"sqlite:///{last / 'podium.db'}") as engine:
        runs = {info.workflow: info for info in await engine.runs()}
    if "travel" not in runs or all(info.status not in _MOVING for info in runs.values()):
        return None
    return _plan_of(last, runs["travel"])


async def tell_story(plan: Plan, *, tell: Tell) -> bool:
    """Tell one plan from its begin to its end, and return whether everything went as promised."""
    wish = read_wish(plan.trip.wish)
    assert isinstance(wish, Wish), "a plan is made of a wish that was understood"
    _tell_wish(wish, plan, tell=tell)
    is_good = await tell_trip(plan, tell=tell)
    async with Engine(plan.url) as engine:
        is_good &= await _write(plan, engine, tell=tell)
        picture = await _picture(engine, _article_id(plan))
    (plan.folder / "writing.svg").write_text(picture, "utf-8")
    if plan.kill is not None:  # an interrupted telling that goes on has nothing new to show
        second = sold_out(plan)
        _tell_second(second, tell=tell)
        is_good &= await tell_trip(second, tell=tell)
    _tell_end(plan, is_good=is_good, tell=tell)
    return is_good


async def tell_trip(plan: Plan, *, tell: Tell) -> bool:
    """Take one trip to its end, audit it, and return whether it ended as planned and left clean ledgers."""
    async with travel_desk(plan.desk, plan.specs) as desk, Engine(plan.url) as engine:
        tell("services: " + ", ".join(f"{kind} (pid {pid})" for kind, pid in desk.pids.items()))
        _tell_faults(plan, tell=tell)
        is_as_planned = await Conductor(plan, desk, engine=engine, tell=tell).travel()
        is_whole = is_as_planned and plan.ends is RunCompleted
        audit = read_audit(plan.desk, finished=[plan.run_id] if is_whole else ())
        _tell_audit(audit, tell=tell)
        picture = await _picture(engine, plan.run_id)
    (plan.folder / "travel.svg").write_text(picture, "utf-8")
    is_undone = plan.ends is not RunCompensated or all(order.is_undone for order in audit.orders)
    return is_as_planned and audit.is_clean and is_undone


# ----- the article


async def _write(plan: Plan, engine: Engine, *, tell: Tell) -> bool:
    """Write the article in this process, and return whether it reached its score."""
    article = Article(target=str(plan.article))
    tell(f"now a loop, in this process: {writing.name}, until its score is {article.score_wanted}, about")
    tell(f"  {article.topic!r}")
    run = await engine.start(writing, article, id=_article_id(plan), target="podium.demo.app:writing")
    async for _, event in run.events():
        _tell_writing(event, tell=tell)
        if isinstance(event, OVER):
            break
    info = await run.status()
    return info.status is Status.COMPLETED and _is_accepted(await run.result(), tell=tell)


def _tell_writing(event: Event, *, tell: Tell) -> None:
    said = writing_words(event)
    if said is not None:
        tell(f"  {said}")


def _is_accepted(article: Article, *, tell: Tell) -> bool:
    verdict = "reached its score" if article.is_accepted else "DID NOT REACH ITS SCORE"
    counts = f"{len(article.quotes)} of {len(article.candidates)} passages"
    tell(f"  the article {verdict}; it quotes {counts}, each with its file and line")
    return article.is_accepted


async def _picture(engine: Engine, run_id: str) -> str:
    handle: Handle[object] = await engine.get(run_id)
    return await handle.diagram()


def _article_id(plan: Plan) -> str:
    return plan.run_id.replace("trip", "article")


# ----- what is said


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell_unclear(unclear: Unclear) -> None:
    _say("that was not understood:")
    for reason in unclear.reasons:
        _say(f"  {reason}")
    _say("say a city, for how many nights, and whether with a hotel and a car:")
    for example in EXAMPLES:
        _say(f'  podium demo "{example}"')


def _tell_kept(plan: Plan | None) -> None:
    if plan is None:
        _say("nothing was begun.")
        return
    _say(f"{plan.run_id} is kept in {plan.database}; go on with it:")
    _say(f"  podium demo --folder {plan.folder.parent}")


def _tell_wish(wish: Wish, plan: Plan, *, tell: Tell) -> None:
    tell(f"{plan.run_id}: {plan.trip.wish}")
    if plan.kill is None:
        tell("it was interrupted; this goes on with it, and kills nobody")
    tell(f"understood: {wish}")
    if wish.assumed:
        tell(f"assumed: {'; '.join(wish.assumed)}")
    if wish.unused:
        tell(f"not used: {', '.join(wish.unused)}")


def _tell_faults(plan: Plan, *, tell: Tell) -> None:
    said = {
        "lost_reply": "books, then loses its reply",
        "error_before": "answers with an error",
        "error_after": "books, then answers with an error",
        "hang": "does not answer at all",
        "refuse": "says no: sold out (409)",
    }
    to_cancel = {"lost_reply": "cancels, then loses its reply", "error_before": "answers the cancel with an error"}
    for kind, faults in plan.faults.items():
        words = [(to_cancel if fault.operation == "cancel" else said)[fault.fault] for fault in faults]
        if words:
            tell(f"  what will go wrong at the {kind}: it {', then '.join(words)}")


def _tell_second(plan: Plan, *, tell: Tell) -> None:
    wish = read_wish(plan.trip.wish)
    tell(f"and one that can not be had, {plan.run_id}: {plan.trip.wish}")
    tell(f"understood: {wish}")


def _tell_audit(audit: Audit, *, tell: Tell) -> None:
    tell("audit, from the ledgers of the services alone:")
    for line in audit.lines():
        tell(f"  {line}")


def _tell_end(plan: Plan, *, is_good: bool, tell: Tell) -> None:
    if is_good and plan.kill is not None:
        tell(
            "what this showed: a process died with a write in doubt; another one took the run over, sent the same bytes"
        )
        tell("under the same key, and finished. The services were asked several times and did everything once.")
        tell("Then a trip failed for good: another process undid what it had booked, in reverse order, each once.")
    elif not is_good:
        tell("THIS DID NOT GO AS PROMISED; see above.")
    tell("left behind:")
    for name in (*_LEFT, plan.article.name):
        if (plan.folder / name).is_file():
            tell(f"  {plan.folder / name}")
    tell("look next:")
    for run_id in (plan.run_id, _article_id(plan)):
        tell(f"  podium runs show {run_id} --db {plan.database}")
    second = plan.folder / "sold-out" / "podium.db"
    if second.is_file():
        tell(f"  podium runs show {plan.run_id}-sold-out --db {second}")


# ----- where an interrupted trip goes on


def _plan_of(folder: Path, info: RunInfo) -> Plan:
    trip = Trip.model_validate_json(info.input)
    wish = read_wish(trip.wish)
    assert isinstance(wish, Wish), "it was understood when the run began"
    return Plan(folder, trip, [ServiceSpec(kind) for kind in kinds_of(hotel=wish.hotel, car=wish.car)])


def _lock_of(folder: Path) -> Path:
    return folder / "conductor.lock"
