"""The OpenAPI document says what the table of routes says."""

import json
from typing import Any

import pytest

from podium.server.cursors import cursor_of, place_of
from podium.server.describing import document
from podium.server.route import Route
from podium.server.table import routes
from podium.server_errors import BadRequestError

DOCUMENT = document(routes())


def refs(value: Any) -> set[str]:
    if isinstance(value, dict):
        return (
            {value["$ref"]}
            if isinstance(value.get("$ref"), str)
            else {one for part in value.values() for one in refs(part)}
        )
    return {one for part in value for one in refs(part)} if isinstance(value, list) else set()


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert refs(DOCUMENT) <= known


@pytest.mark.parametrize("route", routes(), ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_in_it_with_what_it_takes(route: Route) -> None:
    said = DOCUMENT["paths"][route.whole_path][route.method.lower()]
    names = [one["name"] for one in said["parameters"]]
    assert set(names) >= set(route.query.model_fields)
    assert ("Idempotency-Key" in names) is route.is_act
    assert str(route.status) in said["responses"]
    assert ("requestBody" in said) is (route.method == "POST")


def test_names_of_operations_differ() -> None:
    found = [said["operationId"] for path in DOCUMENT["paths"].values() for said in path.values()]
    assert len(found) == len(set(found))
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_every_act_needs_more_than_looking() -> None:
    assert [route.path for route in routes() if route.is_act and route.scope in (None, "read")] == []


def test_a_cursor_comes_back_and_another_is_refused() -> None:
    assert place_of(cursor_of(7, "a/b", "한"), int, str, str) == (7, "a/b", "한")
    for bad in (cursor_of("a"), cursor_of("7", "a", "b"), "AAAA", "x" * 999, cursor_of(7, "a")):
        with pytest.raises(BadRequestError):
            place_of(bad, int, str, str)
