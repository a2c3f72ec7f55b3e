"""Whether the server is going to stop: new acts are refused then, and streams end so that followers go elsewhere."""

import asyncio


class Drain:
    """Begins once, and is never taken back."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    @property
    def is_on(self) -> bool:
        """Claims that nothing new is begun any more."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Refuse what is new from now on."""
        self._begun.set()

    async def begun(self) -> None:
        """Wait until it begins; streams do, beside what they wait for."""
        await self._begun.wait()
