"""A scripted model is asked unless another one is named."""

import pytest
from pydantic_ai.models.openai import OpenAIChatModel

from podium.testing.models import ScriptedModel, named_model


def test_scripted_model_is_asked_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PODIUM_MODEL", raising=False)
    scripted = ScriptedModel([])
    assert named_model(scripted) is scripted


def test_any_endpoint_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_MODEL", "gemma@http://127.0.0.1:8080/v1")
    named = named_model(ScriptedModel([]))
    assert isinstance(named, OpenAIChatModel)
    assert (named.model_name, named.base_url) == ("gemma", "http://127.0.0.1:8080/v1/")


def test_provider_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_MODEL", "openai:gpt-4o")
    monkeypatch.setenv("OPENAI_API_KEY", "made-up")
    assert named_model(ScriptedModel([])).model_name == "gpt-4o"
