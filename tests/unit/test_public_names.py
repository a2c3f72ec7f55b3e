"""`from podium import …`: the names for type checkers and those at run time are the same, and each is there."""

import ast
import inspect
from importlib import import_module
from types import ModuleType

import pytest

import podium
import podium.agents
import podium.routing

PACKAGES = (podium, podium.agents, podium.routing)
NAMES = [(package, name) for package in PACKAGES for name in sorted(package._HOME)]


def names_for_type_checkers(package: ModuleType) -> dict[str, str]:
    tree = ast.parse(inspect.getsource(package))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0]
    return {alias.asname: str(node.module) for node in imports for alias in node.names if alias.asname is not None}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_both_lists_name_the_same(package: ModuleType) -> None:
    assert names_for_type_checkers(package) == package._HOME


@pytest.mark.parametrize(("package", "name"), NAMES, ids=[name for _, name in NAMES])
def test_each_public_name_is_there(package: ModuleType, name: str) -> None:
    assert getattr(package, name) is getattr(import_module(package._HOME[name]), name)
    assert name in dir(package)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_a_name_that_is_not_there_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="stepp"):
        package.stepp  # noqa: B018
