import re

import pytest

from podium.server.gate import Scope, scope_needed
from podium.server.route import Route
from podium.server.table import routes


@pytest.mark.parametrize("route", routes(), ids=lambda route: f"{route.method} {route.path}")
def test_gate_and_table_of_routes_want_the_same_scope(route: Route) -> None:
    path = re.sub(r"\{\w+\}", "x", route.whole_path)
    assert scope_needed(route.method, path) is route.scope


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/api/v1/new", Scope.OPERATE),
        ("PUT", "/api/v1/runs/x", Scope.OPERATE),
        ("GET", "/api/v1/new", Scope.READ),
        ("GET", "/api/v1/audit/", Scope.ADMIN),
        ("GET", "/metrics/", Scope.READ),
        ("GET", "/api/v1", Scope.READ),
        ("GET", "/api/v1/session/x", Scope.READ),
    ],
)
def test_what_is_not_known_needs_what_its_method_may_mean(method: str, path: str, scope: Scope) -> None:
    assert scope_needed(method, path) is scope
