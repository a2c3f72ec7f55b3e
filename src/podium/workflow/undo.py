"""How a finished write is undone: what its compensator takes, made from what the write gave."""

from pydantic import ValidationError

from podium.workflow.binding import ToolCode
from podium.workflow.codec import Codec, invalid_answer
from podium.workflow.signature import Parameter, Signature
from podium.workflow.toolcode import Declared


class Undo:
    """How the writes of one tool are undone. It implements `binding.UndoCode`.

    Attributes:
        tool: The compensator.
        admits_none: It may be called when nobody knows whether the write happened.
    """

    def __init__(self, forward: Declared, compensation: Declared) -> None:
        self.tool: ToolCode = compensation.code
        self._forward = forward.code
        self._codecs = compensation.code.codecs
        self._taken = taken(compensation.code.signature)
        self.admits_none = self._taken is not None and self._taken.admits_none

    def freeze(self, result: str | None) -> str:
        """Return the compensator's arguments for what the write gave; None: nobody knows whether it happened.

        Raises:
            DataChangedError: The result no longer fits the write's declared type.
        """
        if self._taken is None:
            return self.tool.freeze((), {})
        value = None if result is None else self._forward.decode(result)
        return self.tool.freeze((), {self._taken.name: value})

    def freeze_instead(self, given: str) -> str:
        """Return the compensator's arguments for what a person gave in place of the write's result."""
        codec = self._codec()
        if codec is None or self._taken is None:
            return self.tool.freeze((), {})
        value = codec.stored(given, f"what {self.tool.name} is to take")
        return self.tool.freeze((), {self._taken.name: value})

    def check(self, given: str) -> str:
        """Return the stored form of what a person gave in place of the write's result; raise InvalidAnswerError."""
        codec = self._codec()
        if codec is None:
            return given
        try:
            return codec.from_outside(given)
        except ValidationError as error:
            raise invalid_answer(self.tool.name, error) from error

    def _codec(self) -> Codec | None:
        return None if self._taken is None else self._codecs[self._taken.name]


def taken(compensator: Signature) -> Parameter | None:
    """Return the parameter that gets what the write gave: the required one, or else the first; None where none is."""
    required = (parameter for parameter in compensator.data if parameter.is_required)
    return next(required, next(iter(compensator.data), None))
