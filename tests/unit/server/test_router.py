"""From a path to its route."""

import pytest

from podium.server.gate import Scope
from podium.server.route import Asked, Route
from podium.server.router import Router
from podium.server.service import Service
from podium.server_errors import BadRequestError, NothingThereError, WrongMethodError
from podium.views.answers import Health


async def handler(service: Service, asked: Asked[None, None]) -> Health:  # type: ignore[type-var]  # it is not called
    return Health()


def route(path: str, method: str = "GET") -> Route:
    return Route(method=method, path=path, scope=Scope.READ, says=path, handler=handler, gives=Health)


ROUTER = Router(
    [
        route("/"),
        route("/runs"),
        route("/runs", "POST"),
        route("/runs/counts"),
        route("/runs/{id}"),
        route("/runs/{id}/journal/{seq}"),
    ]
)


@pytest.mark.parametrize(
    ("path", "found", "names"),
    [
        ("/api/v1", "/", {}),
        ("/api/v1/", "/", {}),
        ("/api/v1/runs/counts", "/runs/counts", {}),
        ("/api/v1/runs/%63ounts", "/runs/{id}", {"id": "counts"}),
        ("/api/v1/runs/a%2Fb%20%23", "/runs/{id}", {"id": "a/b #"}),
        ("/api/v1/runs/%ED%95%9C/journal/7", "/runs/{id}/journal/{seq}", {"id": "한", "seq": "7"}),
    ],
)
def test_path_is_matched_as_it_was_sent(path: str, found: str, names: dict[str, str]) -> None:
    route, given = ROUTER.find("GET", path)
    assert (route.path, given) == (found, names)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api",
        "/api/v1/nothing",
        "/api/v1/runs//journal/1",
        "/api/v1/runs/x/journal",
        "/api/v1/runs/",
        "",
    ],
)
def test_what_is_not_there_is_said(path: str) -> None:
    with pytest.raises(NothingThereError):
        ROUTER.find("GET", path)


def test_other_methods_are_named() -> None:
    with pytest.raises(WrongMethodError, match="GET, POST") as told:
        ROUTER.find("PUT", "/api/v1/runs")
    assert told.value.allowed == ("GET", "POST")
    assert ROUTER.find("HEAD", "/api/v1/runs")[0].method == "GET"


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadRequestError):
        ROUTER.find("GET", "/api/v1/runs/%ff")


def test_a_route_is_there_once() -> None:
    with pytest.raises(AssertionError, match="twice"):
        Router([route("/runs"), route("/runs")])
