"""A run in which everything that may be a stranger's text is one."""

from podium.core.codec import to_text
from podium.failure import Failure, FailureKind
from tests.unit.core.builders import COMPENSATE, machine, state
from tests.unit.core.shell import Shell

HOSTILE = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '" onmouseover="alert(1)" x="',
    "<img src=x onerror=alert(1)>",
    "]]><svg onload=alert(1)>",
    "&lt;script&gt; &#60;b&#62;",
    "javascript:alert(1)",
    "--><!-- <base href=//evil>",
    "\u202eeval\u2028\x00\x1b[2J",
)


def told(text: str) -> Shell:
    """A run in which everything that may be a stranger's text is this one."""
    shell = Shell(machine(state("a", "b", title=text), state("b"), name=text or "m", on_failure=COMPENSATE))
    shell.start(topic=to_text(text))
    shell.read("a", f"{text}:1", to_text({text: text}))
    shell.write("a")
    shell.want("b", tool=text, args=to_text(text))
    failure = Failure(kind=FailureKind.PERMANENT, type=text, message=text, types=(text,), source=text, traceback=text)
    shell.settle("b", failure=failure)
    shell.fail("b", name=text)
    return shell
