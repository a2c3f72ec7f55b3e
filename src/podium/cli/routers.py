"""The intent router that a TARGET leads to, for the verbs about it."""

from typing import TYPE_CHECKING

from podium.cli.target import load_all
from podium.errors import BadTargetError

if TYPE_CHECKING:
    from podium.routing import IntentRouter


def router_at(text: str) -> "IntentRouter":
    """Return the one intent router that `text` names, or that its module has beside other workflows.

    Raises:
        BadTargetError: There is none, or there are several; or the extra for routing is missing.
    """
    try:
        from podium.routing import IntentRouter  # noqa: PLC0415  # door: the extra may be missing
    except ModuleNotFoundError as missing:
        raise BadTargetError(str(missing)) from missing
    found = {target.text: target.workflow for target in load_all(text)}
    routers = {name: workflow for name, workflow in found.items() if isinstance(workflow, IntentRouter)}
    if len(routers) == 1:
        return next(iter(routers.values()))
    if routers:
        names = ", ".join(name.rpartition(":")[2] for name in routers)
        message = f"{text} has several intent routers: {names}. Say which: {text}:NAME"
    else:
        message = f"{text} has no intent router; podium.routing.IntentRouter makes one"
    raise BadTargetError(message)
