"""The sentences of public intent sets, as they lie in the folder given with `--data`: see bench/README.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Labelled = list[tuple[str, str]]
"""Sentences with their intents."""

KOREAN = "korean50"


@dataclass(frozen=True, slots=True)
class Work:
    """What is learned and what is asked.

    Attributes:
        train: Examples.
        valid: Sentences that some route fits.
        outside: Sentences that none fits; empty where a set has none.
    """

    train: Labelled
    valid: Labelled
    outside: list[str]


def place(data: Path) -> Path:
    """Return where the sets lie: in the folder that was given, or in `intent` inside it."""
    return data / "intent" if (data / "intent").is_dir() else data


def work(data: Path, name: str, split: str) -> Work:
    """Read a set: its training split, and its `valid`."""
    folder = place(data) / name
    outside = folder / "oos_valid.jsonl"
    lines = outside.read_text("utf-8").splitlines() if outside.exists() else []
    return Work(
        labelled(folder / f"{split}.jsonl"),
        labelled(folder / "valid.jsonl"),
        [json.loads(line)["text"] for line in lines],
    )


def left_out(data: Path, place_of: int) -> Work:
    """Read the Korean set, which has three sentences an intent and no `valid`: one of each is left out and asked."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in labelled(place(data) / KOREAN / "train_3.jsonl"):
        by_intent.setdefault(intent, []).append(text)
    valid = [(texts[place_of], intent) for intent, texts in by_intent.items()]
    asked = {text for text, _ in valid}
    train = [(text, intent) for intent, texts in by_intent.items() for text in texts if text not in asked]
    return Work(train, valid, [])


def across(data: Path) -> Work:
    """Read ten English examples of the intents of the Korean set, and ask all its Korean sentences."""
    valid = labelled(place(data) / KOREAN / "train_3.jsonl")
    intents = {intent for _, intent in valid}
    english = labelled(place(data) / "clinc150" / "train_10.jsonl")
    return Work([(text, intent) for text, intent in english if intent in intents], valid, [])


def labelled(path: Path) -> Labelled:
    """Read one file."""
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(each["text"], each["intent"]) for each in found]
