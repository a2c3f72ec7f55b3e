"""`podium runs show` shows the last posts of each board, and how many there are."""

from podium.cli.boards import LAST, Posts
from podium.core.events import StepDone, StepStarted


def test_boards_show_who_posted_what_last() -> None:
    posts = Posts()
    for number in range(LAST + 2):
        posts.take(StepStarted(1, f"each[{number}]"))
        posts.take(StepDone(1, f"each[{number}]", posts={"found": (str(number),)}))
    posts.take(StepDone(1, "end"))
    rows = list(posts.rows())
    assert len(rows) == LAST
    assert rows[0] == ("found", "3 of 12", "each[2]", "2")
    assert rows[-1] == ("found", "12 of 12", "each[11]", "11")


def test_what_is_posted_is_shown_as_text() -> None:
    posts = Posts()
    posts.take(StepDone(1, "a", posts={"found": ('"\x1b[31mred"',)}))
    assert "\x1b" not in next(posts.rows())[3]
