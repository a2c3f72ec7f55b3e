"""The tree of verbs. Each is imported when it is asked for, so that `podium --help` pays for none of them."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from typer.core import TyperGroup

VERBS = {
    "init": "Write a small project that runs at once.",
    "check": "Check a workflow without running it.",
    "simulate": "Run a workflow under every fault, without touching anything.",
    "run": "Run a workflow in this terminal.",
    "serve": "Serve the dashboard and the HTTP API.",
    "worker": "Take runs over and keep them going.",
    "runs": "Look at runs and decide about them.",
    "tasks": "Answer what runs ask people.",
    "tokens": "Say who may reach the server, and do what.",
    "breakers": "See which dependencies are left alone, and give orders.",
    "budgets": "See what was spent.",
    "prune": "Take away runs that ended long ago.",
    "backup": "Write a copy of the database while workers run.",
    "restore": "Make a database of a backup.",
    "graph": "Draw a workflow.",
    "replay": "Step through the journal of a run.",
    "route": "See where an intent router sends a sentence, and why.",
    "mcp": "Write down what an MCP server offers.",
    "doctor": "Check this installation and its database.",
    "demo": "See a run survive the kill of its process.",
}
RUNS = {
    "ls": "List runs.",
    "show": "Show all that is known of a run.",
    "cancel": "Call a run off.",
    "retry": "Send a failed run on from where it failed.",
    "resume": "Run it in this terminal to its end.",
    "fork": "Begin a new run as a copy.",
    "export": "Write a run's journal as JSON lines.",
    "report": "Write a run as one HTML file.",
    "parked": "List steps that wait for a decision.",
    "resolve": "Decide about a parked step.",
    "migrate": "Let runs go on with a workflow in its new form.",
}
TASKS = {
    "ls": "List open questions.",
    "answer": "Answer a question.",
}
TOKENS = {
    "add": "Make a token, and show it once.",
    "ls": "List tokens.",
    "revoke": "Take a token away.",
}
BREAKERS = {
    "ls": "List breakers.",
    "open": "Let no call through.",
    "disable": "Let every call through.",
    "auto": "Let it decide by itself again.",
}

ROUTE = {
    "explain": "Say where a sentence goes, and why; what `podium route TARGET TEXT` does.",
    "report": "Say how well a router tells its routes apart.",
    "correct": "Say which route a sentence is for.",
}

_ABOUT = """Conduct agents and tools: run workflows, and keep them correct when tools and processes fail.

TARGET is module:name or file.py[:name]. The database is --db or PODIUM_DB, otherwise podium.db in this folder.

Exit codes of run and resume: 0 done, 1 failed, 2 usage, 3 waiting for a person, 4 compensated, 5 parked, 6 cancelled,
130 interrupted and resumable."""


class Group(TyperGroup):
    """Verbs by name, each made when it is asked for; what they are for is known without them.

    Args:
        name: What leads to them.
        says: Verb to what it does, in the order of the help.
        about: What is said of all of them.
    """

    def __init__(self, name: str, says: Mapping[str, str], *, about: str) -> None:
        known: Any = dict.fromkeys(says)  # names only, for "did you mean"
        super().__init__(name=name, commands=known, help=about, no_args_is_help=True, rich_markup_mode=None)
        self.context_settings = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
        self._says = says

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words; a group that mostly does one thing does it where no verb is named."""
        meant = _MEANT.get(str(self.name))
        is_verb = not args or args[0] in self._says or args[0] in self.context_settings["help_option_names"]
        return super().parse_args(ctx, args if meant is None or is_verb else [meant, *args])

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the verbs."""
        del ctx
        return list(self._says)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a verb's command; None where there is no such verb."""
        del ctx
        if cmd_name not in self._says:
            return None
        group = _GROUPS.get(cmd_name) if self.name == "podium" else None
        if group is not None:
            return Group(cmd_name, group, about=self._says[cmd_name])
        package = "podium.cli" if self.name == "podium" else f"podium.cli.{self.name}"
        return import_module(f"{package}.{cmd_name}").VERB.command(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of verbs without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self._says.items()))


_GROUPS: Mapping[str, Mapping[str, str]] = {
    "runs": RUNS,
    "tasks": TASKS,
    "breakers": BREAKERS,
    "tokens": TOKENS,
    "route": ROUTE,
}
_MEANT: Mapping[str, str] = {"route": "explain"}


def app() -> Group:
    """Return the whole command."""
    return Group("podium", VERBS, about=_ABOUT)
