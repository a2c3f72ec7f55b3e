"""Made-up values: the simplest that fit a type, the same each time."""

from collections.abc import Mapping, Sequence
from typing import Any

from podium.graph.nodes import JsonSchema

_DEEP = 8
"""A type that contains itself is cut off below this, where it can be."""

_FORMATS = {
    "date": "2027-01-15",
    "date-time": "2027-01-15T08:00:00Z",
    "time": "08:00:00",
    "duration": "PT1H",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "email": "somebody@example.com",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "binary": "AA==",
}


class Maker:
    """Makes values for a schema.

    Args:
        schema: A JSON schema as pydantic writes them.
        word: What texts without a form of their own are made of.
    """

    def __init__(self, schema: JsonSchema, word: str) -> None:
        self._defined: Mapping[str, Any] = schema.get("$defs", {})
        self._schema, self._word = schema, word

    def value(self) -> Any:
        """Return the first that fits."""
        return self._of(self._schema, 0)

    def options(self) -> list[Any]:
        """Return one value for each alternative that the type offers at its top, the first one first."""
        schema = self._resolved(self._schema)
        if "enum" in schema:
            return list(schema["enum"])
        if schema.get("type") == "boolean":
            return [True, False]
        ways = schema.get("oneOf") or schema.get("anyOf")
        return [self._of(way, 0) for way in ways] if ways else [self._of(schema, 0)]

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._defined[schema["$ref"].rpartition("/")[2]]
        return schema

    def _of(self, schema: Mapping[str, Any], depth: int) -> Any:
        schema = self._resolved(schema)
        for said in ("const", "default"):
            if said in schema:
                return schema[said]
        for several in ("examples", "enum"):
            if schema.get(several):
                return schema[several][0]
        ways = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
        if ways:
            return self._first(ways, depth)
        kind = schema.get("type")
        return _BY_TYPE[kind](self, schema, depth) if kind in _BY_TYPE else self._word

    def _first(self, ways: Sequence[Mapping[str, Any]], depth: int) -> Any:
        """Return a value of the first alternative that says something; the last one where it gets deep."""
        solid = [way for way in ways if self._resolved(way).get("type") != "null"]
        return None if depth > _DEEP and len(solid) < len(ways) else self._of(solid[0] if solid else ways[0], depth + 1)

    def _text(self, schema: Mapping[str, Any], depth: int) -> str:
        del depth
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        text = self._word.ljust(schema.get("minLength", 0), "x")
        return text[: schema.get("maxLength", len(text))]

    def _number(self, schema: Mapping[str, Any], depth: int) -> float:
        """Return the first that fits of a few that often do."""
        del depth
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        most = schema.get("maximum", schema.get("exclusiveMaximum", least + 2))
        step = schema.get("multipleOf", 1)
        up = (least // step + 1) * step
        tried = (1, least, up, most, -(-most // step) * step - step, (least + most) / 2)
        return next((number for number in tried if _fits(number, schema)), 1)

    def _list(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        if "prefixItems" in schema:
            return [self._of(item, depth + 1) for item in schema["prefixItems"]]
        count = max(schema.get("minItems", 0), 0 if depth > _DEEP else 1)
        return [self._of(schema.get("items", {}), depth + 1) for _ in range(min(count, schema.get("maxItems", count)))]

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """Return what has to be there, and what tells it from its alternatives."""
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        wanted = [name for name, inner in properties.items() if name in required or "const" in inner]
        return {name: self._of(properties[name], depth + 1) for name in wanted}


def _fits(number: float, schema: Mapping[str, Any]) -> bool:
    """Claim that a number is one of those that a schema means."""
    return (
        (schema.get("type") != "integer" or int(number) == number)
        and number % schema.get("multipleOf", number or 1) == 0
        and number >= schema.get("minimum", number)
        and number <= schema.get("maximum", number)
        and ("exclusiveMinimum" not in schema or number > schema["exclusiveMinimum"])
        and ("exclusiveMaximum" not in schema or number < schema["exclusiveMaximum"])
    )


_BY_TYPE: dict[Any, Any] = {
    "string": Maker._text,  # noqa: SLF001  # its own table
    "integer": Maker._number,  # noqa: SLF001
    "number": Maker._number,  # noqa: SLF001
    "boolean": lambda *_: True,
    "null": lambda *_: None,
    "array": Maker._list,  # noqa: SLF001
    "object": Maker._object,  # noqa: SLF001
}
