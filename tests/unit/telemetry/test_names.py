"""What the conventions name has their name: looked up in the package that the extra brings."""

from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.semconv.attributes import error_attributes, exception_attributes
from opentelemetry.semconv.schemas import Schemas

from podium.telemetry import names

_SAID = {name: value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}


def test_names_of_the_conventions_are_as_they_say() -> None:
    known = {
        value
        for module in (gen_ai_attributes, error_attributes, exception_attributes)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
    ours = {value for value in _SAID.values() if value.startswith(("gen_ai.", "error.", "exception."))}
    assert ours
    assert ours <= known
    assert {names.INVOKE_WORKFLOW, names.INVOKE_AGENT, names.CHAT, names.EXECUTE_TOOL} <= {
        operation.value for operation in gen_ai_attributes.GenAiOperationNameValues
    }
    assert names.CONVENTIONS in {schema.value for schema in Schemas}


def test_all_other_names_are_ours() -> None:
    plain = {"CONVENTIONS", "SCOPE", "CAPTURE", "STEP", "UNDO", "EXCEPTION", "INVOKE_WORKFLOW", "INVOKE_AGENT"}
    plain |= {"CHAT", "EXECUTE_TOOL"}
    for name, value in _SAID.items():
        if name not in plain:
            assert value.startswith(("gen_ai.", "error.", "exception.", "podium.")), name
