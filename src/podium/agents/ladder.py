"""The ladder of answers that do not fit: mended, asked again, another model, and then a typed failure.

How far up an agent is follows from the conversation alone, so that a step which is entered again climbs it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.agents.outcomes import MalformedOutput
from podium.agents.record import Rung

_WHY_CHARS = 500


@dataclass(slots=True)
class Ladder:
    """The rungs that one entry of a step took.

    Attributes:
        models: The names of the models, in the order in which they are asked.
        rungs: What was taken.
    """

    models: Sequence[str]
    rungs: list[Rung] = field(default_factory=list)

    def model_for(self, wrongs: Sequence[str], request: int) -> int:
        """Return which model is asked after answers that did not fit, and note the rung that this is.

        Args:
            wrongs: What was wrong with the last answers in a row.
            request: Which request of the run this is.

        Raises:
            MalformedOutput: Every rung was taken.
        """
        if not wrongs:
            return 0
        nth = len(wrongs) - 1
        if nth >= len(self.models):
            raise MalformedOutput(self.story(wrongs))
        self._take(
            Rung(request=request, rung="fallback" if nth else "asked_again", model=self.models[nth], why=wrongs[-1])
        )
        return nth

    @property
    def last(self) -> str:
        """The rung that was taken last, in words."""
        taken = self.rungs[-1]
        return f"{taken.rung}: {taken.why}"

    def stood_in(self, nth: int, request: int, why: str) -> None:
        """Note that a model was asked because the one before it can not serve the request."""
        self._take(Rung(request=request, rung="fallback", model=self.models[nth], why=why))

    def repaired(self, repairs: Sequence[str], model: str, request: int) -> None:
        """Note what was mended in an answer."""
        for repair in repairs:
            self._take(Rung(request=request, rung="repaired", model=model, why=repair))

    def story(self, wrongs: Sequence[str]) -> str:
        """Return how the ladder was climbed, for the failure."""
        asked = [self.models[0], *self.models]
        steps = (
            f"{model} ({'asked' if at == 0 else 'asked again' if at == 1 else 'in its place'}): {_short(wrong)}"
            for at, (model, wrong) in enumerate(zip(asked, wrongs, strict=False))
        )
        return "no answer fits what was asked for; " + "; ".join(steps)

    def _take(self, rung: Rung) -> None:
        rung.why = _short(rung.why)
        self.rungs.append(rung)


def _short(text: str) -> str:
    return text if len(text) <= _WHY_CHARS else f"{text[:_WHY_CHARS]}…"
