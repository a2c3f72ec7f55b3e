"""Bodies of events as older cores wrote them, brought to the form of today.

What a journal says was true when it was written, so a field is never given another meaning: it gets another name, and
its old form is read here. An upcaster gets a body that does not fit the class of today, and returns one that does; what
it does not know it returns as it is. A journal of each form is kept (`tests/golden`).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

Upcaster: TypeAlias = Callable[[Any], Any]


def _intent_of_core_1(body: Any) -> Any:
    """Give a write that "can be undone", without saying by what, a compensator that no code has.

    Where it is to be undone it parks, and a person sees to it: nobody knows by which compensator it would have been.
    """
    if not isinstance(body, dict) or type(body.get("compensable")) is not bool or "undo" in body:
        return body
    rest = {name: value for name, value in body.items() if name != "compensable"}
    return rest | ({"undo": f"{body.get('tool')}.compensate@core-1"} if body["compensable"] else {})


UPCASTERS: Mapping[str, Upcaster] = MappingProxyType({"WriteIntended": _intent_of_core_1})
"""By kind of event."""
