"""What a call can be refused for before anything is sent; the rest of the tree is in `errors`."""

from typing import ClassVar

from podium.errors import StepError


class BusinessKeyError(StepError):
    """What `once_by=` gave can not tell one act from another: a text of 1 to 200 characters, or an int, is needed."""

    code: ClassVar[str] = "step.business_key"

    def __init__(self, *, tool: str, given: str) -> None:
        super().__init__(
            f"once_by= of {tool} gave {given}; it has to give what names the act, as a text of 1 to 200 characters or"
            f" an int"
        )
        self.tool = tool


class ActInDoubtError(StepError):
    """The same act (`once_by=`) is under way or in doubt elsewhere in the run. Nothing was sent."""

    code: ClassVar[str] = "step.act_in_doubt"


class PerformerLostError(StepError):
    """Whoever sent a write was lost before it could tell what became of it, and may yet act: the write is in doubt."""

    code: ClassVar[str] = "step.performer_lost"


class OtherArgumentsError(StepError):
    """The same act (`once_by=`) was done elsewhere in the run with other arguments. Nothing was sent."""

    code: ClassVar[str] = "step.other_arguments"
