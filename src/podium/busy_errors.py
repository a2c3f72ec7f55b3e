"""What is refused because too much waits already; a branch of the tree in `errors.py`, which is full."""

from typing import ClassVar

from podium.errors import AskError


class BusyError(AskError):
    """So many runs wait to be begun that no more are taken in, of this tenant or at all; nothing was stored.

    Start it again later, under the same id: should it have got in after all, that is the same run.

    Attributes:
        tenant: Whose queue is full; None where it is that of all together.
        waiting: How many wait there.
        retry_after: When to ask again, in seconds from now.
    """

    code: ClassVar[str] = "ask.busy"

    def __init__(self, *, tenant: str | None, waiting: int, retry_after: float) -> None:
        whose = "runs" if tenant is None else f"runs of tenant {tenant!r}"
        super().__init__(
            f"{waiting} {whose} wait to be begun, and no more are taken in;"
            f" start it again in {retry_after:g} s, under the same id, or add workers"
        )
        self.tenant, self.waiting, self.retry_after = tenant, waiting, retry_after

    @classmethod
    def after(cls, *, tenant: str | None, waiting: int, oldest_ms: int) -> "BusyError":
        """Return the error, where the oldest of those that wait has waited `oldest_ms`.

        Whoever comes last waits about as long as that, so a tenth of the queue is gone in a tenth of it.
        """
        return cls(tenant=tenant, waiting=waiting, retry_after=min(max(oldest_ms / 10_000, 1.0), 60.0))
