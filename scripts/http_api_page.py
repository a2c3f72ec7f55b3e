"""Draw docs/http_api.md from the server's table of routes: `python scripts/http_api_page.py`. A test holds it."""

from collections.abc import Iterator
from http import HTTPStatus
from inspect import cleandoc
from pathlib import Path

from podium.server.route import Route
from podium.server.table import routes
from podium.views.problem import STATUSES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "http_api.md"

HEAD = """# HTTP API

`podium serve app.py` answers under `http://127.0.0.1:8800/api/v1`. The table below, the checks of what comes in, and
the OpenAPI 3.1 document at `/api/v1/openapi.json` are drawn from one list of routes, so they say the same (this
page by `python scripts/http_api_page.py`). `podium.Client` speaks it for Python programs, with the verbs and errors of
`Engine`:

```python
from podium import Client


async def order() -> None:
    async with Client("http://127.0.0.1:8800") as client:
        run = await client.start("travel", {"city": "Busan"}, id="order-17")
        print(await run.result())
```

```sh
curl -s http://127.0.0.1:8800/api/v1/runs -H 'Content-Type: application/json' -H 'Idempotency-Key: order-17' \\
     -d '{"workflow": "travel", "input": {"city": "Busan"}}'
```

- **Who asks.** `Authorization: Bearer TOKEN`, or the cookie of a session. Each scope may do what is before it: `read`,
  `operate`, `admin`. Without tokens, on this machine alone, everybody is admin under the name of the system's user.
  What people decide is kept under that name; a body can not say another.
- **Once.** A POST with an `Idempotency-Key` is carried out once, and answered the same again for a day
  ([how](idempotent_server.md)). It may be sent again after anything: a lost answer, a killed server, a 202.
- **202.** What is asked of a run is answered when it is decided; after 10 seconds with 202: it stays asked, and the
  same request with the same key waits on.
- **Pages.** `next` of an answer is the `cursor` (of events, the `after`) of what comes next; null at the end.
- **Addresses** of steps hold `/`, `#` and brackets: they are always in the query, percent-encoded. So are run ids in
  paths.
- **Streams** are Server-Sent Events. Their `id` is the number of the last event told; `Last-Event-ID` goes on behind
  it.
- **Times** are in ms since 1970 UTC. Values of authors travel as `{"json_text", "chars"}`: JSON as it was recorded, of
  long ones the beginning.
- Texts may come from tools, models and people: show them as text.
"""

PROBLEMS = """
## Problems

Whatever is not done is `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): `type` is
`/problems/` and a code, `detail` says what is wrong and what to do, `faults` of a bad request says where
(`body.reason`, `query.limit`) and what was expected. The errors below are those of [errors.md](errors.md), and
`podium.Client` raises them. Further codes are of the gate, which stands before the server, and of keys
([idempotent_server.md](idempotent_server.md)).

| error | code | status |
|---|---|---|
"""


def page() -> str:
    """Return the text of the page."""
    return "".join((HEAD, *_routes(), PROBLEMS, *_problems()))


def _routes() -> Iterator[str]:
    yield "\n## Routes\n\n| | scope | | query or body | gives |\n|---|---|---|---|---|\n"
    for route in routes():
        cells = (f"`{route.method} {route.path}`", route.scope or "–", route.says, _takes(route), _gives(route))
        yield f"| {' | '.join(cells)} |\n"


def _takes(route: Route) -> str:
    query = [f"`{name}`" for name in route.query.model_fields]
    if isinstance(route.body, str):
        return ", ".join([*query, f"`{route.body}`"])
    fields = (f"`{name}`{'' if one.is_required() else '?'}" for name, one in route.body.model_fields.items())
    return ", ".join([*query, *fields])


def _gives(route: Route) -> str:
    given = "–" if route.gives is None else route.gives if isinstance(route.gives, str) else route.gives.__name__
    statuses = [route.status, *route.also]
    return given if statuses == [HTTPStatus.OK] else f"{given} ({', '.join(map(str, sorted(map(int, statuses))))})"


def _problems() -> Iterator[str]:
    for error, status in STATUSES.items():
        says = cleandoc(error.__doc__ or "").partition("\n")[0]
        yield f"| {error.__name__}: {says} | `{error.code}` | {status} {HTTPStatus(status).phrase} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE)
