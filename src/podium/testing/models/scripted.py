"""A model that says what the test wrote, in order."""

from collections.abc import Iterable

from podium.testing.models.asked import Asked
from podium.testing.models.errors import ScriptEndedError
from podium.testing.models.played import PlayedModel
from podium.testing.models.replies import Reply


class ScriptedModel(PlayedModel):
    """Gives one reply after the other, whatever it is asked.

    Args:
        replies: In order; see `Reply`.
        name: The model's name.

    Attributes:
        asked: What it was asked, in order.
    """

    def __init__(self, replies: Iterable[Reply], *, name: str = "scripted") -> None:
        super().__init__(self._next, name=name)
        self._replies = tuple(replies)

    def _next(self, asked: Asked) -> Reply:
        nth = len(self.asked)
        if nth > len(self._replies):
            raise ScriptEndedError(replies=len(self._replies), asked=asked.text)
        return self._replies[nth - 1]

    @property
    def left(self) -> int:
        """How many replies were not asked for."""
        return max(0, len(self._replies) - len(self.asked))

    def assert_asked(self, *texts: str) -> None:
        """Assert that it was asked exactly so often, each request with that text in its last message.

        Args:
            texts: For each request, what it has to hold, in what is new since the reply before; "" for anything.
        """
        news = [_news(asked) for asked in self.asked]
        assert len(news) == len(texts), f"asked {len(news)} times, not {len(texts)}:\n" + _listed(news)
        for nth, (text, new) in enumerate(zip(texts, news, strict=True), 1):
            assert text in new, f"request {nth} does not hold {text!r}:\n{new}"

    def assert_ended(self) -> None:
        """Assert that every reply was asked for."""
        assert not self.left, f"{self.left} of {len(self._replies)} replies were not asked for"


def _news(asked: Asked) -> str:
    """Return what a request says that the one before did not."""
    return Asked(messages=asked.messages[-1:], settings=None, parameters=asked.parameters).text


def _listed(texts: list[str]) -> str:
    return "\n".join(f"{nth}: {text}" for nth, text in enumerate(texts, 1))
