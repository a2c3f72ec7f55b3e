"""A run's row from its beginning, and a store from opening to closing."""

from dataclasses import replace

from podium.engine.ports import Projection, RunInfo, Status, Store
from podium.errors import RunNotFoundError, StoreUnavailableError
from podium.testing.conformance.floor import (
    COMPLETED,
    RUNNING,
    Exercise,
    Floor,
    Worker,
    began,
    enter,
    news,
    step,
    stored,
)


async def run_begins_once(floor: Floor) -> None:
    """The second one under an id gets the first one's row, and changes nothing."""
    first, second = await enter(floor), await enter(floor)
    made = await first.create("r")
    assert (made.owner, made.epoch, made.seq, made.status) == (first.store.worker_id, 1, 1, Status.RUNNING)
    other = RunInfo(id="r", workflow="other", graph_hash="ffff", created_at=2)
    assert await second.store.create(other, "{}", [began("r"), step("a")], COMPLETED) == made
    assert await second.store.info("r") == made
    assert await stored(second, "r") == [began("r")]


async def graph_is_told_as_it_was_last(floor: Floor) -> None:
    """Under one hash its titles, places and limits may differ; a refused run brings none."""
    worker = await enter(floor)
    made = await worker.create("r")
    other = replace(made, id="s")
    for run_id, graph, there in (("s", '{"name":"newer"}', None), ("r", '{"name":"refused"}', made)):
        info = replace(other, id=run_id)
        assert await worker.store.create(info, graph, [began(run_id)], RUNNING) == there
    assert (await worker.store.load("r")).graph == '{"name":"newer"}'


async def namespace_is_of_the_data(floor: Floor) -> None:
    """Stores over the same data have one, however often they are opened; another floor has another."""
    first, second = await enter(floor), await enter(floor)
    assert first.store.namespace
    assert first.store.namespace == second.store.namespace


async def row_follows_the_projection(floor: Floor) -> None:
    """A projection replaces all of its fields; without one the row stays as it is."""
    worker = await enter(floor)
    await worker.create("r")
    failed = Projection(status=Status.FAILED, wake_at=7, error="boom \udcff")
    await worker.commit(news("r", 2, step("a"), projection=failed), news("r", 3, step("b")))
    info = await worker.store.info("r")
    assert (info.status, info.wake_at, info.output, info.seq) == (Status.FAILED, 7, None, 3)
    assert (info.error or "").startswith("boom ")
    await worker.commit(news("r", 4, step("c"), projection=COMPLETED))
    info = await worker.store.info("r")
    assert (info.status, info.wake_at, info.output, info.error) == (Status.COMPLETED, None, '"done"', None)


async def row_follows_each_field_of_the_projection(floor: Floor) -> None:
    """Also where the others stay as they were."""
    worker = await enter(floor)
    await worker.create("r")
    shapes = [
        RUNNING,
        replace(RUNNING, wake_at=7),
        replace(RUNNING, wake_at=7, output="1"),
        replace(RUNNING, wake_at=7, output="1", error="boom"),
        replace(RUNNING, wake_at=7, output="1"),
        replace(RUNNING, wake_at=7),
        RUNNING,
    ]
    for seq, shape in enumerate(shapes, start=2):
        await worker.commit(news("r", seq, step("a"), projection=shape))
        info = await worker.store.info("r")
        assert (info.status, info.wake_at, info.output, info.error) == (
            shape.status,
            shape.wake_at,
            shape.output,
            shape.error,
        )


async def released_run_has_no_owner(floor: Floor) -> None:
    """After a release nothing more goes in under the old epoch."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.release("r")
    assert (await worker.store.info("r")).owner is None
    await worker.commit(news("r", 2, step("a")))
    assert worker.heard.lost == {"r"}


async def missing_run_is_an_error(floor: Floor) -> None:
    """Every question about a run that is not there is answered alike."""
    worker = await enter(floor)
    store = worker.store
    for question in (store.load("x"), store.info("x"), store.events("x"), store.claim_one("x")):
        try:
            await question
        except RunNotFoundError as error:
            assert error.run_id == "x"  # noqa: PT017  # no test runner here
        else:
            raise AssertionError(question)


async def close_commits_what_is_queued(floor: Floor) -> None:
    """What was appended just before is kept, and the runs are free."""
    worker = await enter(floor)
    await worker.create("r", RUNNING)
    worker.store.append(news("r", 2, step("a")))
    await worker.store.close()
    assert _refuses(worker.store)
    after = await enter(floor)
    assert await stored(after, "r") == [began("r"), step("a")]
    assert (await after.store.info("r")).owner is None


async def store_opens_again(floor: Floor) -> None:
    """A closed store may be opened again, as another worker."""
    worker = await enter(floor)
    await worker.create("r")
    last = worker.store.worker_id
    await worker.store.close()
    await worker.store.close()
    again = Worker(worker.store)
    await again.store.open(again.heard)
    assert again.store.worker_id != last
    assert await again.claim() == {"r": (2, False, False)}
    await again.commit(news("r", 2, step("a"), epoch=2))
    assert not again.heard.lost


async def store_that_is_opened_anew_is_another_worker_without_runs(floor: Floor) -> None:
    """As after a failed commit: what it held can be claimed at once, and is not proven to be of the dead."""
    worker, other = await enter(floor), await enter(floor)
    await worker.create("r")
    await worker.commit(news("r", 2, step("a")))
    last, ticket = worker.store.worker_id, worker.store.durable
    await worker.store.reopen()
    assert worker.store.worker_id != last
    assert (worker.store.durable, worker.store.queued) == (ticket, 0)
    assert await other.claim() == {"r": (2, False, False)}
    late = worker.store.append(news("r", 3, step("b")))
    assert late > ticket
    await worker.heard.until(lambda: worker.store.durable >= late)
    assert worker.heard.lost == {"r"}


def _refuses(store: Store) -> bool:
    try:
        store.append(news("r", 3, step("b")))
    except StoreUnavailableError:
        return True
    return False


EXERCISES: tuple[Exercise, ...] = (
    run_begins_once,
    graph_is_told_as_it_was_last,
    namespace_is_of_the_data,
    row_follows_the_projection,
    row_follows_each_field_of_the_projection,
    released_run_has_no_owner,
    missing_run_is_an_error,
    close_commits_what_is_queued,
    store_opens_again,
    store_that_is_opened_anew_is_another_worker_without_runs,
)
