"""The page on observability names every attribute, event and metric, and none that is not there."""

import re

from podium.telemetry import names
from podium.telemetry.gauges import GAUGES
from podium.telemetry.numbers import Counted, Numbers
from podium.telemetry.outgoing import CLOSE_S, QUEUE_MAX
from tests.docs.pages import ROOT, Page

PAGE = Page(ROOT / "docs" / "observability.md")

_NAME = re.compile(r"`((?:gen_ai|podium|exception|error)\.[a-z_.]+)`")
_ELSEWHERE = {"podium.step", "podium.http.client", "podium.telemetry", "podium.telemetry.prometheus.text"}


def said() -> set[str]:
    """Return the names that are in no metric."""
    values = {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
    return {value for value in values if value.startswith(("gen_ai.", "podium.", "exception.", "error."))}


def metrics() -> set[str]:
    return {metric.about.name for metric in Numbers()} | {about.name for about, _ in GAUGES}


def test_every_name_that_is_sent_is_on_the_page_and_the_page_names_no_other() -> None:
    shown = set(_NAME.findall(PAGE.text)) - _ELSEWHERE
    unused = {names.TOKEN_TYPE}
    assert shown - said() - metrics() == set()
    assert said() - unused - shown == set()
    assert metrics() - shown == set()


def test_each_metric_is_shown_as_it_is() -> None:
    for about, kind in [
        *((one.about, "sum" if isinstance(one, Counted) else "durations, s") for one in Numbers()),
        *((about, "gauge, s" if about.unit == "s" else "gauge") for about, _ in GAUGES),
    ]:
        labels = ", ".join(f"`{label}`" for label in about.labels) or "–"
        assert f"| `{about.name}` | {kind} | {labels} | {about.says} |" in PAGE.text


def test_figures_are_those_of_the_code() -> None:
    assert f"at most {QUEUE_MAX};" in PAGE.text
    assert f"for {CLOSE_S:g} seconds at most" in PAGE.text
