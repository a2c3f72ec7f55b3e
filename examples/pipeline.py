"""A pipeline: every document goes through the same stages, each as fast as it can; none waits for the slowest.

A stage is a state of a small machine, and the machine is mapped over the documents. So one document may be in the last
stage while another is in the first, and one that fails says so in its place.

$ podium run examples/pipeline.py
"""

from pydantic import BaseModel

from podium import END, START, Dag, ItemFailed, StateMachine, node, step


class Document(BaseModel):
    """What goes through."""

    text: str
    words: list[str] = []
    language: str = ""
    summary: str = ""


class Pile(BaseModel):
    """The input."""

    texts: list[str] = ["The cat sat on the mat", "Die Katze sass auf der Matte", ""]


@step
async def split(document: Document) -> None:
    """First stage: the words."""
    document.words = document.text.lower().split()
    if not document.words:
        message = "there is nothing in it"
        raise ValueError(message)


@step
async def recognise(document: Document) -> None:
    """Second stage: the language."""
    document.language = "de" if {"der", "die", "das"} & set(document.words) else "en"


@step
async def summarise(document: Document) -> None:
    """Third stage: a summary, as short as they come."""
    document.summary = f"{document.language}: {max(document.words, key=len)}"


stages = StateMachine("stages", Document, START >> split >> recognise >> summarise >> END)


@node
async def documents(texts: list[str]) -> list[Document]:
    """Put the texts in."""
    return [Document(text=text) for text in texts]


@node
async def summaries(through: list[Document | ItemFailed]) -> list[str]:
    """Take out what came through, in the order in which it was put in."""
    return [done.error if isinstance(done, ItemFailed) else done.summary for done in through]


through = stages.as_node("through", take="item", each="documents", concurrency=4, on_item_error="collect")
pipeline = Dag("pipeline", Pile, documents, through, summaries, gives=summaries)
