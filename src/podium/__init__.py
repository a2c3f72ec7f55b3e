"""Podium conducts agents and tools: workflows that are routed, durable and correct when things fail."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podium.busy_errors import BusyError as BusyError
    from podium.client.client import Client as Client
    from podium.core.stimuli import Verb as Verb
    from podium.engine.engine import Engine as Engine
    from podium.engine.guard_store import BreakerSwitch as BreakerSwitch
    from podium.engine.handle import Handle as Handle
    from podium.engine.ports import RunFilter as RunFilter
    from podium.engine.ports import RunInfo as RunInfo
    from podium.engine.ports import Status as Status
    from podium.errors import FallbackFailed as FallbackFailed
    from podium.errors import ItemFailed as ItemFailed
    from podium.errors import NotApproved as NotApproved
    from podium.errors import NotDone as NotDone
    from podium.errors import ToolFailed as ToolFailed
    from podium.failure import Failure as Failure
    from podium.failure import FailureKind as FailureKind
    from podium.graph.guards import Breaker as Breaker
    from podium.graph.guards import Budget as Budget
    from podium.graph.guards import Bulkhead as Bulkhead
    from podium.graph.guards import Hedge as Hedge
    from podium.graph.guards import Rate as Rate
    from podium.graph.nodes import OnFailure as OnFailure
    from podium.graph.policies import Retry as Retry
    from podium.graph.policies import days as days
    from podium.graph.policies import hours as hours
    from podium.graph.policies import minutes as minutes
    from podium.graph.policies import seconds as seconds
    from podium.outcomes import BreakerOpen as BreakerOpen
    from podium.outcomes import BudgetExhausted as BudgetExhausted
    from podium.outcomes import BulkheadFull as BulkheadFull
    from podium.outcomes import OutOfTime as OutOfTime
    from podium.outcomes import OverBudget as OverBudget
    from podium.outcomes import RateExceeded as RateExceeded
    from podium.plan_errors import PlanFailed as PlanFailed
    from podium.workflow.answers import Approve as Approve
    from podium.workflow.answers import Edit as Edit
    from podium.workflow.answers import Reject as Reject
    from podium.workflow.approval import Approval as Approval
    from podium.workflow.board import Board as Board
    from podium.workflow.current import current as current
    from podium.workflow.dag import Dag as Dag
    from podium.workflow.given import FROM_ENGINE as FROM_ENGINE
    from podium.workflow.given import IdempotencyKey as IdempotencyKey
    from podium.workflow.guarding import Guards as Guards
    from podium.workflow.human import human as human
    from podium.workflow.machine import StateMachine as StateMachine
    from podium.workflow.node import node as node
    from podium.workflow.pause import sleep as sleep
    from podium.workflow.pause import wait as wait
    from podium.workflow.plan import Plan as Plan
    from podium.workflow.plan_data import PlanSpec as PlanSpec
    from podium.workflow.plan_data import PlanStep as PlanStep
    from podium.workflow.plan_data import Situation as Situation
    from podium.workflow.replan import Replan as Replan
    from podium.workflow.state import END as END
    from podium.workflow.state import START as START
    from podium.workflow.step import step as step
    from podium.workflow.tool import tool as tool

_HOME = {
    "Approval": "podium.workflow.approval",
    "Approve": "podium.workflow.answers",
    "Board": "podium.workflow.board",
    "Breaker": "podium.graph.guards",
    "BreakerOpen": "podium.outcomes",
    "BreakerSwitch": "podium.engine.guard_store",
    "Budget": "podium.graph.guards",
    "BudgetExhausted": "podium.outcomes",
    "Bulkhead": "podium.graph.guards",
    "BulkheadFull": "podium.outcomes",
    "BusyError": "podium.busy_errors",
    "Client": "podium.client.client",
    "Dag": "podium.workflow.dag",
    "END": "podium.workflow.state",
    "Edit": "podium.workflow.answers",
    "Engine": "podium.engine.engine",
    "FROM_ENGINE": "podium.workflow.given",
    "Failure": "podium.failure",
    "FailureKind": "podium.failure",
    "FallbackFailed": "podium.errors",
    "Guards": "podium.workflow.guarding",
    "Handle": "podium.engine.handle",
    "Hedge": "podium.graph.guards",
    "IdempotencyKey": "podium.workflow.given",
    "ItemFailed": "podium.errors",
    "NotApproved": "podium.errors",
    "NotDone": "podium.errors",
    "OnFailure": "podium.graph.nodes",
    "OutOfTime": "podium.outcomes",
    "OverBudget": "podium.outcomes",
    "Plan": "podium.workflow.plan",
    "PlanFailed": "podium.plan_errors",
    "PlanSpec": "podium.workflow.plan_data",
    "PlanStep": "podium.workflow.plan_data",
    "Rate": "podium.graph.guards",
    "RateExceeded": "podium.outcomes",
    "Reject": "podium.workflow.answers",
    "Replan": "podium.workflow.replan",
    "Retry": "podium.graph.policies",
    "RunFilter": "podium.engine.ports",
    "RunInfo": "podium.engine.ports",
    "START": "podium.workflow.state",
    "Situation": "podium.workflow.plan_data",
    "Status": "podium.engine.ports",
    "StateMachine": "podium.workflow.machine",
    "ToolFailed": "podium.errors",
    "Verb": "podium.core.stimuli",
    "current": "podium.workflow.current",
    "days": "podium.graph.policies",
    "hours": "podium.graph.policies",
    "human": "podium.workflow.human",
    "minutes": "podium.graph.policies",
    "node": "podium.workflow.node",
    "seconds": "podium.graph.policies",
    "sleep": "podium.workflow.pause",
    "step": "podium.workflow.step",
    "tool": "podium.workflow.tool",
    "wait": "podium.workflow.pause",
}
"""Where each public name lives. They are fetched when first asked for, so that a command like `podium --help` does not
pay for what it does not use; tests hold this list and the imports for type checkers together."""

if not TYPE_CHECKING:  # type checkers read the imports above
    __all__ = sorted(_HOME)  # noqa: PLE0605  # one list of the names is enough


def __getattr__(name: str) -> Any:
    """Fetch a public name on its first use."""
    if name not in _HOME:
        raise AttributeError(name, name=name, obj=import_module(__name__))
    found = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
