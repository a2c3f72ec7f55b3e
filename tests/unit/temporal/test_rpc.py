"""A server that is gone is waited for; what it says otherwise is an error that says what to do."""

import pytest
from temporalio.service import RPCError, RPCStatusCode

from podium.errors import RunNotFoundError, StoreUnavailableError
from podium.temporal.address import Address
from podium.temporal.rpc import GONE, asking, until_back

AT = Address(server="host:7233", namespace="here", queue="q")


class Server:
    """Says one thing after the other, and then answers."""

    def __init__(self, *says: RPCStatusCode) -> None:
        self._says = list(says)

    async def ask(self) -> str:
        if self._says:
            status = self._says.pop(0)
            raise RPCError(f"it is {status.name}", status, b"")
        return "answer"


async def test_server_that_is_gone_is_waited_for() -> None:
    assert await until_back(Server(*sorted(GONE)).ask, AT) == "answer"


async def test_what_is_wrong_otherwise_is_not_waited_for() -> None:
    with pytest.raises(RPCError, match="PERMISSION_DENIED"):
        await until_back(Server(RPCStatusCode.PERMISSION_DENIED).ask, AT)


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (RPCStatusCode.NOT_FOUND, RunNotFoundError, "'r' in namespace here"),
        (
            RPCStatusCode.DEADLINE_EXCEEDED,
            StoreUnavailableError,
            "podium worker TARGET --db 'temporal://host:7233/here",
        ),
        (RPCStatusCode.UNAVAILABLE, StoreUnavailableError, "the Temporal server at host:7233"),
    ],
)
async def test_error_says_what_to_do(status: RPCStatusCode, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says), asking(AT, "r"):
        await Server(status).ask()
