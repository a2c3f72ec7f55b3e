"""`podium demo`: books a trip over real services, kills its own worker midway, audits; writes an article; undoes one.

The second trip can not be had: what it has booked is undone, over the kill of a worker as well.

What this process believes in the end are the ledgers of the services, not Podium's journal: they are the world.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final

from podium.core.events import RunCompensated, RunCompleted
from podium.demo.article import write
from podium.demo.conductor import Conductor, NotGettingOnError, Tell
from podium.demo.desk.audit import Audit, read_audit
from podium.demo.desk.models import ServiceSpec
from podium.demo.desk.process import DeskNotStartedError, travel_desk
from podium.demo.door import received, turn_away, wish_of
from podium.demo.plan import Plan, fresh, kinds_of, latest, planned, sold_out
from podium.demo.process import WorkerEndedError
from podium.demo.travel import Trip, travel
from podium.demo.wish import EXAMPLES, Wish, read_wish
from podium.demo.writing import TOPIC, writing
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.engine.ports import RunInfo, Status
from podium.errors import PodiumError
from podium.routing.record import Conversation
from podium.sqlite.lock import FileLock

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130

_MOVING: Final = frozenset({Status.RUNNING, Status.WAITING, Status.COMPENSATING})
_LEFT: Final = ("podium.db", "travel.svg", "writing.svg", "sold-out/podium.db", "sold-out/travel.svg")
_ARTICLE: Final = f"write an article about {TOPIC}"
_TROUBLE: Final = (PodiumError, DeskNotStartedError, WorkerEndedError, NotGettingOnError, OSError)


def run(text: str | None, *, folder: Path) -> int:
    """Tell the demo on standard output and return its exit code.

    0: the runs completed, the article reached its score, and the ledgers show nothing twice and nothing lost. 1: not
    so. 2: nothing here is for that, or the trip was not understood. 130: interrupted; the runs are kept, and the next
    call without a text goes on with a trip.

    Args:
        text: What is wanted, in free words; None goes on with a trip that was interrupted, or takes the first example.
        folder: Made if missing. Each trip and article gets a folder of its own in it.
    """
    plan: Plan | None = None
    try:
        plan = asyncio.run(interrupted(folder)) if text is None else None
        return _locked(plan) if plan else _begun(text or EXAMPLES[0], folder)
    except KeyboardInterrupt:
        _say("interrupted; every process that was started has ended.")
        _tell_kept(plan or (asyncio.run(interrupted(folder)) if folder.is_dir() else None))
        return INTERRUPTED
    except BrokenPipeError:
        raise  # nobody reads any more; the caller knows what its output was
    except _TROUBLE as error:
        _say(f"the demo could not go on: {error}")
        return FAILED


def _begun(text: str, folder: Path) -> int:
    """Let the front door decide, and tell what it leads to."""
    decision = received(text, tell=_say)
    if decision.route == writing.name:
        return DONE if asyncio.run(_write_alone(text, fresh(folder, "article"))) else FAILED
    if decision.route != travel.name:
        turn_away(text, tell=_say)
        return USAGE
    wish = wish_of(text, tell=_say)
    return USAGE if wish is None else _locked(planned(fresh(folder), wish, text))


async def _write_alone(text: str, folder: Path) -> bool:
    is_good = await write(text, folder, id=folder.name, tell=_say)
    _say("left behind:")
    for name in ("podium.db", "article.md", "writing.svg"):
        if (folder / name).is_file():
            _say(f"  {folder / name}")
    _say(f"look next:\n  podium runs show {folder.name} --db {folder / 'podium.db'}")
    return is_good


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
        runs = {info.id: info for info in await engine.runs()}
    if last.name not in runs or all(info.status not in _MOVING for info in runs.values()):
        return None
    return _plan_of(last, runs[last.name])


async def tell_story(plan: Plan, *, tell: Tell) -> bool:
    """Tell one plan from its begin to its end, and return whether everything went as promised."""
    wish = read_wish(plan.trip.wish)
    assert isinstance(wish, Wish), "a plan is made of a wish that was understood"
    _tell_wish(wish, plan, tell=tell)
    is_good = await tell_trip(plan, tell=tell)
    tell(f"now a loop, in this process, until its score is reached: {_ARTICLE}")
    is_good &= await write(_ARTICLE, plan.folder, id=_article_id(plan), tell=tell)
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


async def _picture(engine: Engine, run_id: str) -> str:
    handle: Handle[object] = await engine.get(run_id)
    return await handle.diagram()


def _article_id(plan: Plan) -> str:
    return plan.run_id.replace("trip", "article")


# ----- what is said


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


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
    trip = Trip(wish=Conversation.model_validate_json(info.input).text, order=info.id)
    wish = read_wish(trip.wish)
    assert isinstance(wish, Wish), "it was understood when the run began"
    return Plan(folder, trip, [ServiceSpec(kind) for kind in kinds_of(hotel=wish.hotel, car=wish.car)])


def _lock_of(folder: Path) -> Path:
    return folder / "conductor.lock"
