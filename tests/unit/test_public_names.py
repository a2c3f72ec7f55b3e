"""`from podium import …`: the names for type checkers and those at run time are the same, and each is there."""

import ast
import inspect
from importlib import import_module

import pytest

import podium


def names_for_type_checkers() -> dict[str, str]:
    tree = ast.parse(inspect.getsource(podium))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0]
    return {alias.asname: str(node.module) for node in imports for alias in node.names if alias.asname is not None}


def test_both_lists_name_the_same() -> None:
    assert names_for_type_checkers() == podium._HOME


@pytest.mark.parametrize("name", sorted(podium._HOME))
def test_each_public_name_is_there(name: str) -> None:
    assert getattr(podium, name) is getattr(import_module(podium._HOME[name]), name)
    assert name in dir(podium)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="stepp"):
        podium.stepp  # noqa: B018  # type: ignore[attr-defined]
