"""An author's code ends as a value, whatever it raises; a cancellation goes through."""

import asyncio

import pytest

from podium.guard.caught import Raised, caught, caught_now


async def gives() -> int:
    return 7


async def raises() -> int:
    raise KeyError("k")


async def cancelled() -> int:
    raise asyncio.CancelledError


async def test_what_is_given_or_raised_is_a_value() -> None:
    assert await caught(gives()) == 7
    raised = await caught(raises())
    assert isinstance(raised, Raised)
    assert isinstance(raised.error, KeyError)


async def test_cancellation_goes_through() -> None:
    with pytest.raises(asyncio.CancelledError):
        await caught(cancelled())


def test_plain_code_ends_as_a_value_too() -> None:
    assert caught_now(lambda: 7) == 7
    raised = caught_now(lambda: "abc".index("x"))
    assert isinstance(raised, Raised)
    assert isinstance(raised.error, ValueError)


def test_exit_is_no_error_of_the_author() -> None:
    def leaves() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        caught_now(leaves)


class OwnEnd(BaseException):
    """As some libraries have, to get past `except Exception`."""


async def test_exception_that_is_no_exception_is_a_value_too() -> None:
    async def ends() -> int:
        raise OwnEnd

    def ends_now() -> int:
        raise OwnEnd

    for raised in (await caught(ends()), caught_now(ends_now)):
        assert isinstance(raised, Raised)
        assert isinstance(raised.error, OwnEnd)
