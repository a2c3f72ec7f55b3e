"""What a request that changes something does, in the words of the audit."""

import json
import re
from dataclasses import dataclass
from typing import Any

from podium.server.gate.scopes import API, SESSION

DETAIL_CHARS = 1_000
_TARGET_CHARS = 300
_NAMED = re.compile(rf"{API}/(?P<of>runs|breakers)/(?P<name>.+)/(?P<verb>[a-z]+)")
_SECRET = re.compile(r"token|secret|passw|credential|api_?key", re.IGNORECASE)
_ACTS = {
    f"{API}/runs": "start",
    f"{API}/tasks/answer": "answer",
    f"{API}/parked/resolve": "resolve",
    f"{API}/demo": "demo",
}


@dataclass(frozen=True, slots=True)
class Act:
    """An act: what, of what, and what was given with it."""

    act: str
    target: str = ""
    detail: str = ""


def act_of(method: str, path: str, body: bytes) -> Act:
    """Return what a request to a path, decoded, does. The detail is its body, but for what it calls a token."""
    if path == SESSION:
        return Act("log out" if method == "DELETE" else "log in")
    given = _given(body)
    detail = _text(_without_secrets(given))[:DETAIL_CHARS] if body else ""
    if path == f"{API}/runs/bulk":
        ids = given.get("ids")
        named = [run_id for run_id in ids if isinstance(run_id, str)] if isinstance(ids, list) else []
        return Act(f"bulk {given.get('act', '')}"[:_TARGET_CHARS], ", ".join(named)[:_TARGET_CHARS], detail)
    if path in _ACTS:
        return Act(_ACTS[path], _target(given), detail)
    named_one = _NAMED.fullmatch(path)
    if named_one is None:
        return Act(f"{method} {path}"[:_TARGET_CHARS], detail=detail)
    what = f"breaker {named_one['verb']}" if named_one["of"] == "breakers" else named_one["verb"]
    return Act(what, named_one["name"][:_TARGET_CHARS], detail)


def outcome_of(status: int, body: bytes) -> str:
    """Return how an act ended, by the answer to it."""
    if status < 400:  # noqa: PLR2004  # HTTP's own numbers
        return f"{'accepted' if status == 202 else 'done'} ({status})"  # noqa: PLR2004
    detail = _given(body).get("detail", "")
    why = f": {detail}"[:DETAIL_CHARS] if isinstance(detail, str) and detail else ""
    return f"{'refused' if status < 500 else 'failed'} ({status}){why}"  # noqa: PLR2004


def _target(given: dict[str, Any]) -> str:
    said = [given.get(name) for name in ("run_id", "path", "workflow", "id")]
    return " ".join(text for text in said if isinstance(text, str))[:_TARGET_CHARS]


def _given(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "[redacted]" if _SECRET.search(key) else _without_secrets(inner) for key, inner in value.items()}
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
