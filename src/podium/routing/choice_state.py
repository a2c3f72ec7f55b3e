"""A tool router as a state: it chooses a tool and calls it, with arguments from the machine's record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podium.graph.nodes import Place
from podium.routing.choice import NoToolFits
from podium.workflow.annotations import is_wrong, type_text
from podium.workflow.current import CURRENT
from podium.workflow.definition import MachineScope, Part
from podium.workflow.faults import closest
from podium.workflow.made import MadeStep
from podium.workflow.toolcode import Declared

if TYPE_CHECKING:
    from podium.routing.tool_router import ToolRouter


@dataclass(frozen=True, slots=True, eq=False)
class ToolChoiceState:
    """One use of a tool router.

    Attributes:
        name: The state's name.
        router: Chooses.
        fields: What the record's fields are for: `query`, `give`, `allowed`.
        take: A tool's parameter to our field.
        where: Where it is written.
    """

    name: str
    router: "ToolRouter"
    fields: Mapping[str, str | None]
    take: Mapping[str, str]
    where: Place | None = None

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        self._check_fields(scope)
        ways = {name: self._way(tool, scope) for name, tool in self.router.tools.items()}
        callable_ = {name: way for name, way in ways.items() if way is not None}
        if not callable_:
            scope.faults.add(
                "no-tool-fits",
                f"state {self.name}: {scope.model.__name__} has the arguments of none of the tools of"
                f" {self.router.name}",
                suggestion="Give the record the fields that they require, or say take={parameter: field}.",
                where=self.where,
            )
        tools = tuple(tool for name, tool in self.router.tools.items() if name in callable_)
        step = MadeStep(
            self.name,
            self._acting(callable_),
            made_of=f"{self.router.name}:{self.fields}:{sorted(self.take.items())}",
            tools=(self.router.chooser, *tools),
            title=f"Call the tool of {self.router.name} that fits.",
            where=self.where,
        )
        return step.to_state(scope)

    def _check_fields(self, scope: MachineScope) -> None:
        for field in [*self.fields.values(), *self.take.values()]:
            if field is not None and field not in scope.fields:
                scope.faults.add(
                    "unknown-field",
                    f"state {self.name}: {field!r} is no field of {scope.model.__name__}",
                    suggestion=closest(field, scope.fields),
                    where=self.where,
                )
        query, give = str(self.fields["query"]), self.fields["give"]
        if query in scope.fields and is_wrong(scope.fields[query], str):
            scope.faults.add(
                "wrong-type",
                f"state {self.name}: query={query!r} is {type_text(scope.fields[query])}, and what is wanted is a str",
                suggestion="Name a field that says in words what is wanted.",
                where=self.where,
            )
        for tool in self.router.tools.values() if give in scope.fields else ():
            gives = tool.code.signature.returns
            if is_wrong(gives, scope.fields[str(give)]):
                scope.faults.add(
                    "wrong-type",
                    f"state {self.name}: {tool.name} gives {type_text(gives)}, but the field {give!r} is"
                    f" {type_text(scope.fields[str(give)])}",
                    suggestion="Let the field admit what each of the tools gives.",
                    where=self.where,
                )

    def _way(self, tool: Declared, scope: MachineScope) -> dict[str, str] | None:
        """Return parameter to field; None where a required one can be had from no field."""
        found: dict[str, str] = {}
        for parameter in tool.code.signature.data:
            field = self.take.get(parameter.name, parameter.name)
            if field in scope.fields and not is_wrong(scope.fields[field], parameter.type):
                found[parameter.name] = field
            elif parameter.is_required:
                return None
        return found

    def _acting(self, ways: Mapping[str, Mapping[str, str]]) -> Callable[..., Any]:
        router, fields, taken = self.router, self.fields, self.take

        async def act(record: Any) -> None:
            query = getattr(record, str(fields["query"]))
            there = {name for name in type(record).model_fields if getattr(record, name) is not None}
            given = there | {parameter for parameter, field in taken.items() if field in there}
            may = ways.keys() if fields["allowed"] is None else ways.keys() & set(getattr(record, fields["allowed"]))
            choice = await router.explain(query, given=given, allowed=may)
            if not choice.matches:
                raise NoToolFits(query, choice.left_out)
            tool = router.tools[choice.matches[0].name]
            arguments = {parameter: getattr(record, field) for parameter, field in ways[tool.name].items()}
            context: Any = CURRENT.get()  # of a step, which makes calls of both kinds of tools on the event loop
            result = await context.make(tool.code, (), {k: v for k, v in arguments.items() if v is not None})
            if fields["give"] is not None:
                setattr(record, fields["give"], result)

        return act
