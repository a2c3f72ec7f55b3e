"""Boards: what steps of a run tell one another, whatever runs side by side, fails, dies or is undone meanwhile."""

from podium import END, START, Board, Dag, Retry, StateMachine, ToolFailed, current, node, step
from podium.testing.conformance.engines.case import Case, Crash, ForkRun, RetryRun
from podium.testing.conformance.engines.parts import Cities, Trip, book, look

seen = Board("seen", str)


@step
async def tell(trip: Trip) -> None:
    """Post, and see nothing of it yet."""
    seen.post(trip.city)
    trip.log.extend(seen.read())


@step
def listen(trip: Trip) -> None:
    """Read in a thread, and post."""
    trip.log.extend(seen.read())
    seen.post("in a thread")


@step
async def look_up(trip: Trip) -> None:
    """Read what there is."""
    trip.log = seen.read()


@step
async def tell_and_book(trip: Trip) -> None:
    """Post, read and write in one step."""
    seen.post("asked")
    trip.log = seen.read()
    trip.flight = await book(trip.city)


@step
async def tell_and_look(trip: Trip) -> None:
    """Post, and fail if the other side says so."""
    seen.post("looked")
    trip.found = await look(trip.city)


@step(retry=Retry(attempts=2, base=0, cap=0))
async def stumble(trip: Trip) -> None:
    """Fail once, after it posted."""
    seen.post(f"attempt {current().attempt}")
    if current().attempt == 1:
        raise RuntimeError(trip.city)


@step
async def give_up(trip: Trip) -> None:
    """Read after a failure."""
    trip.log = seen.read()


line = StateMachine("board_line", Trip, START >> tell >> listen >> look_up >> END)
shaky = StateMachine("board_shaky", Trip, START >> stumble >> look_up >> END)
writing = StateMachine("board_writing", Trip, START >> tell >> tell_and_book >> look_up >> END)
undone = StateMachine(
    "board_undone",
    Trip,
    START >> tell >> book.state("flight", take={"city": "city"}) >> tell_and_look >> look_up >> END,
)
caught = StateMachine(
    "board_caught", Trip, START >> tell >> tell_and_look.on_error(ToolFailed, to=give_up) >> END, give_up >> END
)
inner = StateMachine("board_inner", Trip, START >> tell >> END)


@node
async def trips(cities: list[str]) -> list[Trip]:
    """Make an input of each."""
    return [Trip(city=city) for city in cities]


@node
async def gathered(workers: list[Trip]) -> list[str]:
    """Read what all of them posted."""
    return sorted(seen.read())[: len(workers)]


wide = Dag("board_wide", Cities, trips, inner.as_node("workers", take="item", each="trips"), gathered, gives=gathered)

CASES: tuple[Case, ...] = (
    Case(
        name="board-read-by-those-that-come-after",
        workflow=line,
        input=Trip(),
        gives={"log": ["Busan", "in a thread"]},
    ),
    Case(name="board-and-an-attempt-that-fails", workflow=shaky, input=Trip(), gives={"log": ["attempt 2"]}),
    Case(
        name="board-and-a-write-in-one-step",
        workflow=writing,
        input=Trip(),
        gives={"log": ["Busan", "asked"]},
        effects=["book:Busan"],
    ),
    Case(
        name="board-and-a-process-that-dies",
        workflow=writing,
        input=Trip(),
        faults={"book": ["held"]},
        script=[Crash(after="call book")],
        gives={"log": ["Busan", "asked"]},
        effects=["book:Busan"],
    ),
    Case(
        name="board-after-a-failure-that-is-caught",
        workflow=caught,
        input=Trip(),
        faults={"look": ["refused"]},
        gives={"log": ["Busan"]},
    ),
    Case(
        name="board-of-a-run-that-is-rewound",
        workflow=undone,
        input=Trip(),
        faults={"look": ["refused"]},
        script=[RetryRun(after="RunCompensated")],
        gives={"log": ["Busan", "looked"]},
        effects=["book:Busan", "unbook:Busan!", "book:Busan"],
    ),
    Case(
        name="board-of-a-fork",
        workflow=line,
        input=Trip(),
        script=[ForkRun(after="RunCompleted", at=5, writes=True)],
        gives={"log": ["Busan", "in a thread"]},
    ),
    Case(
        name="board-shared-by-items-and-nested-workflows",
        workflow=wide,
        input=Cities(),
        gives=["Busan", "Jeju", "Seoul"],
        varies=True,
    ),
)
