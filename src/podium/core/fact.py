"""The decorator of the core's nouns."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def fact(cls: type[T]) -> type[T]:
    """Make a slotted dataclass that type checkers hold to be frozen.

    Nothing may change a fact, and mypy sees to it. At run time it is an ordinary dataclass, because a frozen one
    takes three times as long to make, and four of them are made for every step.
    """
    return dataclass(slots=True)(cls)
