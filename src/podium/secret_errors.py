"""What is refused because a secret would have been kept; a branch of the tree in `errors.py`."""

from typing import ClassVar

from podium.errors import AskError, StepError


class SecretKeptError(StepError):
    """A step would have put a known secret into what is kept: its data, an output, or the arguments of a call.

    The step has failed, and nothing of it was kept or sent. Give secrets to tools as resources (`FROM_ENGINE`).
    """

    code: ClassVar[str] = "step.secret_kept"

    def __init__(self, place: str) -> None:
        super().__init__(f"{place} would hold a secret that this process knows: give it to the tool as a resource")
        self.place = place


class SecretGivenError(AskError):
    """What was given to a run holds a secret that this process knows. Nothing was kept of it."""

    code: ClassVar[str] = "ask.secret_given"

    def __init__(self, place: str) -> None:
        super().__init__(f"{place} holds a secret that this process knows, and would be kept: leave it out")
        self.place = place


class ShortSecretError(AskError):
    """A value that is to be redacted is too short to be told from other text."""

    code: ClassVar[str] = "ask.short_secret"
