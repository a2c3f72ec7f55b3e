"""The API's OpenAPI 3.1 document, drawn from the table of routes."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from podium.server.route import Route
from podium.views.problem import PROBLEM_JSON, Problem

_REF = "#/components/schemas/{model}"
_PROBLEMS = (400, 401, 403, 429, 503)
"""What any request may be refused with."""
_OF_BODIES = (413, 415)
_OF_KEYS = (409, 410, 422)
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request is carried out once, and answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~][!-~]*$"},
}
_TEXTS: Mapping[str, Any] = {"type": "string"}
_NAMES: Mapping[str, Any] = {"seq": {"type": "integer", "minimum": 1}}


def document(table: Sequence[Route]) -> dict[str, Any]:
    """Return the document of all routes of a table."""
    schemas = _Schemas(table)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.whole_path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Podium",
            "version": version("podium"),
            "description": "Runs of durable workflows: started, watched, decided about. Problems are RFC 9457.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


class _Schemas:
    """The schemas of all models of a table, and references to them."""

    def __init__(self, table: Sequence[Route]) -> None:
        inputs = {route.body for route in table if not isinstance(route.body, str)}
        outputs = {route.gives for route in table if isinstance(route.gives, type)} | {Problem}
        wanted: list[tuple[type[BaseModel], Any]] = [
            *((model, "validation") for model in sorted(inputs, key=lambda model: model.__name__)),
            *((model, "serialization") for model in sorted(outputs, key=lambda model: model.__name__)),
        ]
        self._refs, found = models_json_schema(wanted, ref_template=_REF)
        self.components: dict[str, Any] = found["$defs"]

    def taken(self, model: type[BaseModel]) -> Any:
        """Return the schema of what comes in."""
        return self._refs[model, "validation"]

    def given(self, model: type[BaseModel]) -> Any:
        """Return the schema of what goes out."""
        return self._refs[model, "serialization"]


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": route.says,
        "operationId": _operation_id(route),
        "tags": [route.path.strip("/").partition("/")[0] or "server"],
        "parameters": [*_in_path(route), *_in_query(route), *([_KEY] if route.is_act else [])],
        "responses": _responses(route, schemas),
    }
    if route.scope is None:
        found["security"] = []
    else:
        found["description"] = f"Needs the scope `{route.scope}`."
    if isinstance(route.body, str):
        found["requestBody"] = {"required": True, "content": {route.body: {"schema": _TEXTS}}}
    elif route.method == "POST":
        is_required = any(one.is_required() for one in route.body.model_fields.values())
        content = {"application/json": {"schema": schemas.taken(route.body)}}
        found["requestBody"] = {"required": is_required, "content": content}
    return found


def _operation_id(route: Route) -> str:
    words = [part.strip("{}").replace(".", "_") for part in route.path.split("/") if part]
    return "_".join([route.method.lower(), *words]) if words else f"{route.method.lower()}_about"


def _in_path(route: Route) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": _NAMES.get(name, _TEXTS)} for name in names]


def _in_query(route: Route) -> list[dict[str, Any]]:
    schema = route.query.model_json_schema()
    named: dict[str, Any] = schema.get("$defs", {})
    found: list[dict[str, Any]] = []
    for name, said in schema.get("properties", {}).items():
        plain = _inlined({key: value for key, value in said.items() if key not in ("title", "style", "explode")}, named)
        style = {key: said[key] for key in ("style", "explode") if key in said}
        found.append(
            {"name": name, "in": "query", "required": name in schema.get("required", ()), **style, "schema": plain}
        )
    return found


def _inlined(schema: Any, named: Mapping[str, Any]) -> Any:
    """Return a schema with what it refers to put in place, and no null: what is left out of a query is not there."""
    if isinstance(schema, list):
        return [_inlined(one, named) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(named[schema["$ref"].rpartition("/")[2]], named)
    ways = [way for way in schema.get("anyOf", ()) if way.get("type") != "null"]
    if len(ways) == 1:
        return _inlined(ways[0], named)
    return {key: _inlined(value, named) for key, value in schema.items() if not (key == "default" and value is None)}


def _responses(route: Route, schemas: _Schemas) -> dict[str, Any]:
    good = {route.status: HTTPStatus(route.status).phrase, **route.also}
    found = {str(status): {"description": says, **_content(route, schemas)} for status, says in sorted(good.items())}
    refused = {*_PROBLEMS, *route.refuses}
    if route.method == "POST":
        refused |= {*_OF_BODIES, *(_OF_KEYS if route.is_act else ())}
    problem = {"content": {PROBLEM_JSON: {"schema": schemas.given(Problem)}}}
    for status in sorted(refused):
        found[str(status)] = {"description": HTTPStatus(status).phrase, **problem}
    return {**found, "default": {"description": "A problem.", **problem}}


def _content(route: Route, schemas: _Schemas) -> dict[str, Any]:
    if route.gives is None:
        return {}
    if isinstance(route.gives, str):
        return {"content": {route.gives: {"schema": _TEXTS}}}
    return {"content": {"application/json": {"schema": schemas.given(route.gives)}}}
