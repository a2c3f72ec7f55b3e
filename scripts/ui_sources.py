"""Draw what the dashboard takes from Python: `python scripts/ui_sources.py`. A test holds it up to date.

The types of `podium.views` become TypeScript, the palette of pictures becomes custom properties, and the icons of
statuses become paths: one truth for the pages, the pictures and the HTTP API.
"""

import importlib
import pkgutil
from enum import StrEnum
from pathlib import Path
from typing import Any

from podium import views
from podium.draw.arrows import ArrowKind
from podium.draw.icons import STATUS as ICONS
from podium.draw.overlay import Status as StepStatus
from podium.draw.palette import ARROWS_DARK, ARROWS_LIGHT, DARK, LIGHT, STATUS_DARK, STATUS_LIGHT, Paint, Theme
from podium.engine.status import Status as RunStatus
from podium.views.timeline import Span
from podium.views.view import View

UI = Path(__file__).resolve().parent.parent / "ui" / "src"
MADE = "Made by `python scripts/ui_sources.py`; not to be changed by hand."

ENUMS: dict[str, type[StrEnum]] = {"StepStatus": StepStatus, "RunStatus": RunStatus, "Span": Span}
"""Enumerations whose names differ from those of their classes, or that pages list."""

_LISTED = {"StepStatus": "STEP_STATUSES", "RunStatus": "RUN_STATUSES", "Span": "SPANS"}

Schema = dict[str, Any]


def types() -> str:
    """Return the views as TypeScript interfaces, by name."""
    models = sorted(_models(), key=lambda model: model.__name__)
    parts = [f"// {MADE}"]
    parts += [_enum(name, kind) for name, kind in ENUMS.items()]
    parts += [_interface(model) for model in models]
    return "\n\n".join(parts) + "\n"


def colours() -> str:
    """Return the palette as custom properties: light, dark where it is preferred, and either where it was chosen."""
    light = _properties(LIGHT, ARROWS_LIGHT, STATUS_LIGHT)
    dark = _properties(DARK, ARROWS_DARK, STATUS_DARK)
    wanted = "\n".join(f"  {line}" for line in dark.splitlines())
    return (
        f"/* {MADE} */\n"
        f':root,\n:root[data-theme="light"] {{\n{light}\n}}\n'
        f'@media (prefers-color-scheme: dark) {{\n  :root:not([data-theme="light"]) {{\n{wanted}\n  }}\n}}\n'
        f':root[data-theme="dark"] {{\n{dark}\n}}\n'
    )


def glyphs() -> str:
    """Return the icons of the statuses of steps: paths in a square of 16."""
    rows = "\n".join(f'  {status}: "{path}",' for status, path in ICONS.items())
    head = f'// {MADE}\n\nimport type {{ StepStatus }} from "../api/views";\n\n'
    return f"{head}export const STEP_GLYPHS: Record<StepStatus, string> = {{\n{rows}\n}};\n"


def files() -> dict[Path, str]:
    """Return every file that is made, with its text."""
    return {
        UI / "api" / "views.ts": types(),
        UI / "styles" / "colours.css": colours(),
        UI / "components" / "stepGlyphs.ts": glyphs(),
    }


def _models() -> list[type[View]]:
    found: list[type[View]] = []
    for module in pkgutil.iter_modules(views.__path__, "podium.views."):
        here = vars(importlib.import_module(module.name))
        found += [
            kind
            for kind in here.values()
            if isinstance(kind, type)
            and issubclass(kind, View)
            and kind is not View
            and kind.__module__ == module.name
            and not kind.__name__.startswith("_")
        ]
    return found


def _enum(name: str, kind: type[StrEnum]) -> str:
    values = ", ".join(f'"{value}"' for value in kind)
    listed = _LISTED[name]
    return f"export const {listed} = [{values}] as const;\nexport type {name} = (typeof {listed})[number];"


def _interface(model: type[View]) -> str:
    schema = model.model_json_schema(mode="serialization", ref_template="{model}")
    known = {key: found for key, found in schema.get("$defs", {}).items() if "enum" in found}
    if "properties" not in schema:
        schema = schema["$defs"][model.__name__]
    fields = [f"  readonly {name}: {_type(field, known)};" for name, field in schema["properties"].items()]
    return "\n".join([f"export interface {model.__name__} {{", *fields, "}"])


def _type(schema: Schema, known: dict[str, Schema]) -> str:
    if "$ref" in schema:
        return _named(schema["$ref"], known)
    if "anyOf" in schema:
        return " | ".join(_type(one, known) for one in schema["anyOf"])
    match schema.get("type"):
        case "array":
            return _array(schema, known)
        case "object":
            key = _key(schema.get("propertyNames", {}), known)
            return f"Readonly<Record<{key}, {_type(schema['additionalProperties'], known)}>>"
        case "integer":
            return "number"
        case plain:
            return str(plain or "unknown")


def _array(schema: Schema, known: dict[str, Schema]) -> str:
    if "prefixItems" in schema:
        return "readonly [" + ", ".join(_type(one, known) for one in schema["prefixItems"]) + "]"
    inner = _type(schema["items"], known)
    return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"


def _key(schema: Schema, known: dict[str, Schema]) -> str:
    return _named(schema["$ref"], known) if "$ref" in schema else "string"


def _named(reference: str, known: dict[str, Schema]) -> str:
    """Return the name of a model, or of an enumeration, found by its values."""
    if reference in known:
        values = list(known[reference]["enum"])
        named = [name for name, kind in ENUMS.items() if [str(one) for one in kind] == values]
        return named[0] if named else " | ".join(f'"{value}"' for value in values)
    return "unknown" if reference == "JsonValue" else reference


def _properties(theme: Theme, arrows: dict[ArrowKind, str], status: dict[StepStatus, Paint]) -> str:
    rows = [f"--{name}: {colour};" for name, colour in theme._asdict().items()]
    rows += [f"--arrow-{kind}: {colour};" for kind, colour in arrows.items()]
    for word, paint in status.items():
        rows += [f"--{word}: {paint.line};", f"--{word}-fill: {paint.fill};"]
    return "\n".join(f"  {row}" for row in rows)


if __name__ == "__main__":
    for place, text in files().items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
