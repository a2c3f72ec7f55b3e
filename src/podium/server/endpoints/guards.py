"""Breakers and budgets, and orders about them."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress

from podium.core.state import Step, StepStatus
from podium.engine.guard_store import BreakerSwitch, Override
from podium.engine.guarding import BreakerInfo
from podium.engine.ports import RunFilter, Status
from podium.errors import DamagedError, InvariantError, ReplayError, RunNotFoundError
from podium.graph.guards import Breaker
from podium.graph.policies import Duration, to_ms
from podium.guard.breaker import BreakerState
from podium.guard.retry import BREAKER
from podium.guard_errors import UnknownBreakerError
from podium.server.requests import OrderBody
from podium.server.route import Asked, NoBody, NoQuery
from podium.server.service import Service
from podium.server_errors import DrainingError
from podium.views.guards import BreakerRow, BudgetView, GuardPage, OrderView

_LOOKED_AT_MAX = 100

Known = Mapping[str, list[tuple[str, str]]]


async def guards(service: Service, asked: Asked[NoQuery, NoBody]) -> GuardPage:
    """Show all breakers and budgets."""
    del asked
    known = _known(service)
    breakers = [await _row(service, one, known) for one in await service.engine.breakers()]
    budgets = await service.engine.budgets()
    return GuardPage(
        breakers=tuple(breakers),
        budgets=tuple(
            BudgetView(
                name=one.name,
                money_max=one.money_max,
                tokens_max=one.tokens_max,
                money_spent=one.money_spent,
                tokens_spent=one.tokens_spent,
                money_reserved=one.money_reserved,
                tokens_reserved=one.tokens_reserved,
            )
            for one in budgets
        ),
    )


async def order(service: Service, asked: Asked[NoQuery, OrderBody]) -> BreakerRow:
    """Give an order about a breaker."""
    if service.drain.is_on:
        raise DrainingError
    name, body = asked.path["name"], asked.body
    duration = None if body.switch is BreakerSwitch.AUTO else body.seconds
    await service.engine.override_breaker(name, body.switch, duration=duration, by=asked.who.name, reason=body.reason)
    for one in await service.engine.breakers():
        if one.name == name:
            return await _row(service, one, _known(service))
    raise UnknownBreakerError(name, known=())


async def _row(service: Service, one: BreakerInfo, known: Known) -> BreakerRow:
    orders = await service.engine.breaker_orders(one.name)
    said = known.get(one.name, [])
    is_shut = one.state not in (BreakerState.CLOSED, BreakerState.DISABLED)
    return BreakerRow(
        name=one.name,
        state=one.state.value,
        until=one.until,
        calls=one.calls,
        failures=one.failures,
        slow=one.slow,
        trips=one.trips,
        why=one.why,
        tools=tuple(dict.fromkeys(tool for tool, _ in said if tool)),
        says=said[0][1] if said else "",
        waiting_runs=await _waiting(service, {tool for tool, _ in said}) if is_shut else (),
        orders=tuple(_order(one) for one in reversed(orders)),
    )


_ONE_RUNS = (RunNotFoundError, DamagedError, ReplayError, InvariantError)
"""It is gone, or can not be read, alone; a store that does not answer is not among them."""


async def _waiting(service: Service, tools: set[str]) -> tuple[str, ...]:
    """Return the runs, of the newest ones that go on, in which a step is on record as waiting for its breaker."""
    going_on = await service.engine.runs(RunFilter(statuses=(Status.RUNNING, Status.WAITING), limit=_LOOKED_AT_MAX))
    found: list[str] = []
    for info in going_on:
        with suppress(*_ONE_RUNS):  # its own page says so
            state = await service.engine.state(info.id)
            if any(_waits(step, tools) for step in state.steps.values()):
                found.append(info.id)
    return tuple(found)


def _waits(step: Step, tools: set[str]) -> bool:
    is_its = not tools.isdisjoint(tool.name for tool in step.node.tools)
    return is_its and step.status is StepStatus.POSTPONED and step.waits_for == BREAKER


def _order(one: Override) -> OrderView:
    return OrderView(switch=one.switch.value, by=one.by, reason=one.reason, at=one.at, until=one.until)


def _known(service: Service) -> Known:
    """Return which tools go through each breaker, and what its policy says."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in (said for workflow in service.workflows() for said in workflow.said):
        for guard in one.guards:
            if isinstance(guard, Breaker):
                found[one.name_of(guard)].append((one.tool, _says(guard)))
    return found


def _says(policy: Breaker) -> str:
    in_a_row = f"{policy.consecutive} failures in a row open it, or " if policy.consecutive is not None else ""
    return (
        f"{in_a_row}{policy.failure_rate:.0%} failed of at least {policy.calls_min} calls in {_s(policy.window)};"
        f" open for {_s(policy.open_for)}, at most {_s(policy.open_for_max)}; {policy.probes} good calls close it"
    )


def _s(duration: Duration) -> str:
    return f"{to_ms(duration) / 1000:g} s"
