"""How an agent ends that does not give its output, as authors meet it: in `on_error`, and in `Failure.types`."""


class MalformedOutput(Exception):  # noqa: N818  # an outcome of the author's world, named as on_error reads
    """Every rung of the ladder was taken, and no answer fits: the failure's kind is MALFORMED_OUTPUT."""


class OutOfRequests(Exception):  # noqa: N818  # as above
    """The agent made as many model requests as it may (`max_requests=`) and was not done.

    Attributes:
        most: So many.
    """

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} model requests were made, and the agent is not done")
        self.most = most
