"""From a path to its route. Paths are matched as they were sent, so that a name may hold any character, encoded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from podium.server.route import API, Route
from podium.server_errors import BadRequestError, NothingThereError, WrongMethodError


@dataclass(slots=True)
class _Level:
    """What may stand at one place of a path: words, or any name."""

    words: "dict[str, _Level]" = field(default_factory=dict)
    name: "_Level | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """Routes by path and method; a word of a path goes before a name."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Level()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        level = self._root
        for part in _parts(route.whole_path):
            if part.startswith("{"):
                level.name = level = level.name or _Level()
            else:
                level = level.words.setdefault(part, _Level())
        assert route.method not in level.routes, f"{route.method} {route.path} twice"
        level.routes[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """Return the route of a path, as it was sent, and what stands in place of its names.

        Raises:
            NothingThereError: There is no such path. WrongMethodError: There is, for other methods.
            BadRequestError: A name is not UTF-8.
        """
        if path.endswith("/") and path.startswith(f"{API}/") and path != f"{API}/":
            raise _nothing(path)  # what stands before the routes knows each by one address
        level, given = self._root, list[str]()
        for part in _parts(path):
            follows = level.words.get(part)
            if follows is None and level.name is not None and part:
                given.append(_decoded(part))
                follows = level.name
            if follows is None:
                raise _nothing(path)
            level = follows
        if not level.routes:
            raise _nothing(path)
        route = level.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise WrongMethodError(method, path[:200], allowed=tuple(sorted(level.routes)))
        names = [part[1:-1] for part in _parts(route.whole_path) if part.startswith("{")]
        return route, dict(zip(names, given, strict=True))


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/") if path.startswith("/") else [path]


def _decoded(part: str) -> str:
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError as error:
        message = "the path is not UTF-8"
        raise BadRequestError(message, faults=(("path", "UTF-8, percent-encoded"),)) from error


def _nothing(path: str) -> NothingThereError:
    return NothingThereError(f"there is nothing at {path[:200]}")
