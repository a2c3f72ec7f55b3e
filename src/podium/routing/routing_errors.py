"""What can go wrong with routers that is nobody's bug."""

from typing import ClassVar

from podium.errors import AskError


class UnknownRouteError(AskError):
    """A sentence was to be learned for a route that the router does not have; nothing was noted."""

    code: ClassVar[str] = "routing.unknown_route"

    def __init__(self, route: str, known: list[str]) -> None:
        super().__init__(f"there is no route {route!r}; there is {', '.join(known)}")


class NothingLearnedError(AskError):
    """A router was corrected that keeps nothing; it was given no folder."""

    code: ClassVar[str] = "routing.nothing_learned"

    def __init__(self) -> None:
        super().__init__("this router keeps no corrections; give it a folder: IntentRouter(…, learned=folder)")
