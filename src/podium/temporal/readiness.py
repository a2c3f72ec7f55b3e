"""What a namespace has to have before runs can be put there, and whether it has it."""

import time
from dataclasses import dataclass

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from podium.errors import StoreUnavailableError
from podium.temporal.address import Address
from podium.temporal.rpc import typed
from podium.temporal.wire import STATUS, WORKFLOW

_LATE_MS = 90_000
"""A worker that lives asks for work about once a minute."""

_NAMES = (STATUS.name, WORKFLOW.name)

_THERE = frozenset({RPCStatusCode.ALREADY_EXISTS, RPCStatusCode.INVALID_ARGUMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """A namespace of the server.

    Attributes:
        id: Its own for ever, whatever it is called.
        retention_ms: How long a run that is over can be read.
    """

    id: str
    retention_ms: int


async def namespace(client: Client, at: Address) -> Namespace:
    """Return the namespace.

    Raises:
        StoreUnavailableError: There is none of that name, or the server does not answer.
    """
    try:
        found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=at.namespace))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise typed(error, at) from error
        hint = f"`temporal operator namespace create --address {at.server} --namespace {at.namespace}`"
        message = f"the Temporal server at {at.server} has no namespace {at.namespace!r}; {hint}"
        raise StoreUnavailableError(message) from error
    retention = found.config.workflow_execution_retention_ttl
    return Namespace(id=found.namespace_info.id, retention_ms=retention.ToMilliseconds())


async def missing_attributes(client: Client, at: Address) -> list[str]:
    """Return the search attributes that the namespace has not; raise RPCError where that may not be asked."""
    request = ListSearchAttributesRequest(namespace=at.namespace)
    found = await client.operator_service.list_search_attributes(request)
    return [name for name in _NAMES if name not in found.custom_attributes]


async def register_attributes(client: Client, at: Address) -> None:
    """Give the namespace the search attributes that it has not.

    Raises:
        StoreUnavailableError: That is not permitted; the message has the command for somebody who may.
    """
    try:
        missing = await missing_attributes(client, at)
        if missing:
            await client.operator_service.add_search_attributes(_addition(at, missing))
    except RPCError as error:
        if error.status in _THERE and not await missing_attributes(client, at):  # another client was faster
            return
        message = (
            f"the search attributes {', '.join(_NAMES)} can not be seen to in namespace {at.namespace!r}"
            f" ({error.status.name}: {error}); have somebody who may run: {how_to_register(at)}"
        )
        raise StoreUnavailableError(message) from error


def _addition(at: Address, names: list[str]) -> AddSearchAttributesRequest:
    kinds = dict.fromkeys(names, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
    return AddSearchAttributesRequest(namespace=at.namespace, search_attributes=kinds)


def how_to_register(at: Address) -> str:
    """Return the command that gives the namespace its search attributes."""
    said = " ".join(f"--name {name} --type Keyword" for name in _NAMES)
    return f"`temporal operator search-attribute create --address {at.server} --namespace {at.namespace} {said}`"


async def alive(client: Client, at: Address) -> list[str]:
    """Return who has asked for work on the task queue lately."""
    request = DescribeTaskQueueRequest(
        namespace=at.namespace,
        task_queue=TaskQueue(name=at.queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    found = await client.workflow_service.describe_task_queue(request)
    since_ms = time.time_ns() // 1_000_000 - _LATE_MS
    return sorted({one.identity for one in found.pollers if one.last_access_time.ToMilliseconds() > since_ms})
