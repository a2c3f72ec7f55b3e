"""What the words of a tool are, and what each part counts."""

from typing import Final

from podium.routing.ranking.card import ToolCard
from podium.routing.ranking.lexical import Document, Field
from podium.routing.ranking.terms import terms
from podium.routing.ranking.usage import Usage

NAME: Final = Field(3.0, 3)
DESCRIPTION: Final = Field(1.0, 15)
PARAMETERS: Final = Field(0.2, 20)
USAGE: Final = Field(1.0, 100)


def document(card: ToolCard, usage: Usage) -> Document:
    """Return the terms of a tool, with those of the queries that it answered."""
    learned = [term for query in usage.queries for term in terms(query)]
    return (
        (NAME, terms(card.name)),
        (DESCRIPTION, terms(card.description)),
        (PARAMETERS, terms(card.parameters)),
        (USAGE, learned),
    )
