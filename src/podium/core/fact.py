"""The decorator of the core's nouns."""

from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def fact(cls: type[T]) -> type[T]:
    """Make a slotted dataclass that type checkers hold to be frozen.

    Nothing may change a fact, and mypy sees to it. At run time it is an ordinary dataclass, because a frozen one
    takes three times as long to make, and four of them are made for every step. All share one way to be compared and
    shown, because to generate these for seventy classes takes as long as to import half of Podium.
    """
    made: Any = cls
    made.__eq__, made.__hash__, made.__repr__ = _is_equal, None, _shown
    return dataclass(slots=True, eq=False, repr=False)(cls)


def _is_equal(self: Any, other: Any) -> Any:
    if self.__class__ is not other.__class__:
        return NotImplemented
    return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)


def _shown(self: Any) -> str:
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
    return f"{self.__class__.__qualname__}({values})"
