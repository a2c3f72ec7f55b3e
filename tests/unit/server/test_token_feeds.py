"""Answers of models on their way are passed on as they come, to whoever asks, and kept for nobody."""

import pytest

from podium import Approve, Engine
from podium.core import events as ev
from podium.effects.ports import Token
from podium.errors import RunNotFoundError
from podium.server.drain import Drain
from podium.server.live import token_feed
from podium.server.live.live import Live
from tests.inside import inner
from tests.unit.engine.rig import Rig, turns, until
from tests.unit.server.listening import Client
from tests.unit.server.test_list_feeds import Paper, desk


async def until_heard(engine: Engine, run_id: str) -> None:
    """Wait until somebody hears the tokens of a run, which begins with a look at the disk."""
    while not inner(engine).host.watchers._tokens.get(run_id):
        await turns()


async def test_tokens_come_as_they_are_until_the_run_is_over(rig: Rig) -> None:
    engine = await rig.open()
    live = Live(engine, Drain())
    run = await engine.start(desk, Paper())
    await until(run, ev.TaskOpened)
    client = Client(await live.token_stream(run.id))
    await until_heard(engine, run.id)
    for text in ("<script>", "line\nbreak"):
        inner(engine).host.watchers.said(run.id, Token("draft", 1, text))
    texts = "".join(client.texts)
    while "break" not in texts:
        await turns()
        texts = "".join(client.texts)
    assert [line for line in texts.splitlines() if line.startswith("data: ")] == [
        'data: {"path":"draft","stream":1,"text":"<script>"}',
        'data: {"path":"draft","stream":1,"text":"line\\nbreak"}',
    ]
    await run.answer("editor", Approve())
    assert (await client.over())[-1].event == "end"


async def test_slow_client_does_not_make_tokens_pile_up(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_feed, "KEPT_MAX", 10)
    engine = await rig.open()
    live = Live(engine, Drain())
    run = await engine.start(desk, Paper())
    await until(run, ev.TaskOpened)
    client = Client(await live.token_stream(run.id))
    await until_heard(engine, run.id)
    client.takes.clear()
    for index in range(1_000):
        inner(engine).host.watchers.said(run.id, Token("draft", 1, str(index)))
        await turns(3)
    client.takes.set()
    while '"text":"999"' not in "".join(client.texts):
        await turns()
    assert 10 <= "".join(client.texts).count("data: ") <= 30
    await client.go()


async def test_tokens_of_no_run_are_refused(rig: Rig) -> None:
    live = Live(await rig.open(), Drain())
    with pytest.raises(RunNotFoundError):
        await live.token_stream("nobody's")
