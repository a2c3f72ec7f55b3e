"""Resources by type: what `FROM_ENGINE` parameters are given."""

from collections.abc import Iterable
from typing import Any

from podium.errors import ResourceMissingError


class Resources:
    """The objects that the engine was given. It implements `binding.Provider`."""

    def __init__(self, offered: Iterable[object] = ()) -> None:
        self._offered = tuple(offered)

    def resource(self, wanted: type[Any]) -> Any:
        """Return the first resource of that type or a subtype."""
        for resource in self._offered:
            if isinstance(resource, wanted):
                return resource
        offered = [type(resource).__qualname__ for resource in self._offered]
        raise ResourceMissingError(wanted=wanted.__qualname__, offered=offered)


def as_resources(entered: object) -> Resources:
    """Return what an author's resources context gave: nothing, one object, or several in a tuple, list or dict."""
    if entered is None:
        return Resources()
    if isinstance(entered, dict):
        return Resources(entered.values())
    if isinstance(entered, tuple | list):
        return Resources(entered)
    return Resources((entered,))
