"""A process that notes what people say, with nothing else imported."""

from pathlib import Path

from podium.routing.feedback import Fact, Feedback

FACTS = 100


def note_many(folder: str, who: str) -> None:
    feedback = Feedback(Path(folder))
    for nth in range(FACTS):
        feedback.add(Fact(f"{who}-{nth}", f"{who} said {nth}", "travel"))
