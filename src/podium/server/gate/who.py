"""Who asks, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum

from podium.asgi.wire import Scope as AsgiScope

IN_SCOPE = "podium.who"
"""Where an ASGI scope holds who asks; missing where nobody is known."""


class Scope(StrEnum):
    """What somebody may do; each includes those before it."""

    READ = "read"
    """Look at everything but the audit."""
    OPERATE = "operate"
    """Start runs and decide about them, answer questions."""
    ADMIN = "admin"
    """Give orders about breakers, read the audit."""

    def allows(self, needed: "Scope") -> bool:
        """Claim that it includes `needed`."""
        return _ORDER.index(self) >= _ORDER.index(needed)


_ORDER = tuple(Scope)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who was let in.

    Attributes:
        name: Of the token, or of the user of the operating system.
        scope: What they may do.
    """

    name: str
    scope: Scope


def who_of(scope: AsgiScope) -> Who | None:
    """Return who asks; None where nobody is known."""
    found = scope.get(IN_SCOPE)
    return found if isinstance(found, Who) else None
