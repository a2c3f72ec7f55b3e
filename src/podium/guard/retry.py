"""How long to wait before the next attempt."""

from collections.abc import Callable

from podium.graph.policies import Retry, to_ms


def delay_ms(retry: Retry, *, attempt: int, share: Callable[[], float]) -> int | None:
    """Return how long to wait after a failed attempt, or None to give up.

    The cap comes before the jitter, so that waits at the cap are spread too.

    Args:
        retry: The policy.
        attempt: The attempt that failed, from 1.
        share: Draws from [0, 1).

    Source: "full jitter" in Brooker, Exponential Backoff And Jitter, 2015; docs/guarantees.md.
    """
    assert attempt >= 1, attempt
    if attempt >= retry.attempts:
        return None
    longest_ms = min(to_ms(retry.base) << min(attempt - 1, 40), to_ms(retry.cap))
    return round(longest_ms * share())
