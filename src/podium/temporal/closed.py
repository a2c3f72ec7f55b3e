"""What is asked of a run whose execution is over: decided here, by the same law, from what is on record.

Nothing but a retry leads to anything then, and that begins a new execution of the same run, which carries on its state.
"""

from dataclasses import replace

from podium.core import stimuli as st
from podium.core.advance import advance
from podium.core.events import Event
from podium.core.rewind import rewound
from podium.core.state import RunState, RunStatus
from podium.engine import inbox
from podium.engine.loading import load
from podium.engine.ports import InboxRow
from podium.engine.registry import Registry
from podium.errors import InvalidAnswerError, RefusedError
from podium.temporal import wire
from podium.temporal.records import Records
from podium.temporal.stimuli import pack


async def decide(row: InboxRow, records: Records, registry: Registry, *, now_ms: int) -> str | wire.Continuation:
    """Return the verdict ("" or why it is refused), or what begins the execution that goes on."""
    loaded, state = await load(records, row.run_id)
    try:
        news = inbox.stimulus(row, state, registry.find(loaded.info.graph_hash))
        if isinstance(news, st.RetryWanted) and state.status is RunStatus.COMPENSATED:
            news = st.RewindWanted(rewound(state, await _journal(records, state)), news.by)
        events = advance(state, news, now_ms=now_ms)
    except InvalidAnswerError as invalid:
        return f"{inbox.INVALID}{invalid}"
    except RefusedError as refused:
        return str(refused)
    return await _start(row, records, news) if events else ""


async def _journal(records: Records, state: RunState) -> list[Event]:
    found: list[Event] = []
    while batch := await records.events(state.run_id, after=len(found)):
        found += [event for _, event in batch]
    return found


async def _start(row: InboxRow, records: Records, news: st.Stimulus) -> wire.Continuation:
    begin = await records.ask(row.run_id, wire.CARRY, gives=wire.Continuation)
    assert begin.start.carried is not None, "an execution that is over has a state"
    carried = replace(begin.start.carried, verdicts={**begin.start.carried.verdicts, row.id: ""})
    return replace(begin, start=replace(begin.start, first=pack(news), carried=carried))
