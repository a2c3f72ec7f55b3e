"""The model that is named from outside, or a scripted one that needs no key and no network.

`openai:gpt-4o` is a provider and a model as pydantic-ai names them. `NAME@URL` is a model at any endpoint that speaks
OpenAI's protocol, such as `gemma@http://127.0.0.1:8080/v1`; its key, if it wants one, is in `OPENAI_API_KEY`.
"""

import os
from typing import Any

from pydantic_ai.models import Model, infer_model


def named_model(scripted: Model[Any]) -> Model[Any]:
    """Return the model that `PODIUM_MODEL` names, or the scripted one where it names none."""
    named = os.environ.get("PODIUM_MODEL")
    if not named:
        return scripted
    name, _, url = named.partition("@")
    return infer_model(named) if not url else _at(name, url)


def _at(name: str, url: str) -> Model[Any]:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415  # door: only where such a model is named
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415  # door: as above

    key = os.environ.get("OPENAI_API_KEY", "none")
    return OpenAIChatModel(name, provider=OpenAIProvider(base_url=url, api_key=key))
