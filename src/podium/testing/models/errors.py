"""What can be wrong with a test that uses a model of these, rather than with what it tests."""

from podium.errors import AskError


class ScriptEndedError(AskError):
    """A scripted model was asked more often than it has replies.

    Attributes:
        asked: What it was asked last, as text.
    """

    code = "ask.script-ended"

    def __init__(self, *, replies: int, asked: str) -> None:
        super().__init__(f"the script has {replies} replies, and this is request {replies + 1}:\n{asked}")
        self.asked = asked


class NotRecordedError(AskError):
    """A recorded model was asked what is not on record; nothing was sent anywhere.

    Attributes:
        key: Of the request.
        nearest: The name of the file that comes nearest; "" where there is none.
        difference: From that one to this request, as a unified diff.
    """

    code = "ask.not-recorded"

    def __init__(self, *, folder: str, key: str, nearest: str, difference: str) -> None:
        found = f"the nearest is {nearest}, which differs:\n{difference}" if nearest else "nothing is recorded there"
        super().__init__(f"{folder} has no reply to this request ({key}.json); {found}")
        self.key, self.nearest, self.difference = key, nearest, difference


class BadRecordingError(AskError):
    """A file of a recorded model can not be read; record it anew."""

    code = "ask.bad-recording"

    def __init__(self, file: str, *, why: str) -> None:
        super().__init__(f"{file} is no recording: {why}; delete it and record it anew")
        self.file = file
