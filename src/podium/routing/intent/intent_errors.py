"""Errors of intent models; see `podium.errors` for the tree."""

from collections.abc import Sequence
from typing import ClassVar

from podium.errors import AskError, DamagedError, DefinitionError, Fault


class NoRoutesError(DefinitionError):
    """An intent router was given no routes."""

    code: ClassVar[str] = "definition.no_routes"

    def __init__(self) -> None:
        super().__init__(Fault("no-routes", "an intent router has no routes", suggestion="Give it at least one."))


class RouteNamesError(DefinitionError):
    """Two routes have one name, or a route has none: a decision could not say which is meant.

    Attributes:
        names: The names, as they were given.
    """

    code: ClassVar[str] = "definition.route_names"

    def __init__(self, names: Sequence[str]) -> None:
        twice = sorted({name for name in names if names.count(name) > 1 and name.strip()})
        what = f"two routes are called {twice[0]!r}" if twice else "a route has no name"
        super().__init__(Fault("route-names", what, suggestion="Give each route a name of its own."))
        self.names = tuple(names)


class WrongEmbedderError(AskError):
    """A saved intent model was fitted with another embedder: its weights mean nothing over other vectors.

    Load it with the embedder that it was fitted with, or fit it again.

    Attributes:
        expected: Id and dimension of the embedder that it was fitted with.
        given: Those of the one that was given.
    """

    code: ClassVar[str] = "ask.wrong_embedder"

    def __init__(self, *, expected: tuple[str, int], given: tuple[str, int]) -> None:
        of_model, of_given = (f"{name!r} of {dim} dimensions" for name, dim in (expected, given))
        super().__init__(f"the intent model was fitted with embedder {of_model}, not with {of_given}")
        self.expected, self.given = expected, given


class DamagedIntentModelError(DamagedError):
    """The files of an intent model are incomplete, of another version, or not what was written.

    Nothing of them is used. Fit it again from its routes.
    """

    code: ClassVar[str] = "store.damaged_intent_model"
