"""Every name that leaves this process in a span or a metric, and which conventions say so.

What the OpenTelemetry conventions name has their name; the rest begins with `podium.`.
"""

from typing import Final

CONVENTIONS: Final = "https://opentelemetry.io/schemas/1.41.0"
"""The schema of the conventions in use: GenAI as of semantic-conventions 1.41 (status: development). Since then they
are kept in a repository of their own, `open-telemetry/semantic-conventions-genai`, under the same names."""

SCOPE: Final = "podium"
"""The instrumentation scope."""

CAPTURE: Final = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
"""The environment variable that lets arguments, results and messages into spans: `true`, `SPAN_ONLY` or
`SPAN_AND_EVENT`; anything else keeps them out."""

# ----- GenAI attributes

OPERATION: Final = "gen_ai.operation.name"
WORKFLOW_NAME: Final = "gen_ai.workflow.name"
AGENT_NAME: Final = "gen_ai.agent.name"
TOOL_NAME: Final = "gen_ai.tool.name"
TOOL_TYPE: Final = "gen_ai.tool.type"
TOOL_ARGUMENTS: Final = "gen_ai.tool.call.arguments"
TOOL_RESULT: Final = "gen_ai.tool.call.result"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
RESPONSE_MODEL: Final = "gen_ai.response.model"
RESPONSE_ID: Final = "gen_ai.response.id"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
TOKEN_TYPE: Final = "gen_ai.token.type"  # noqa: S105  # a name, no secret

INVOKE_WORKFLOW: Final = "invoke_workflow"
INVOKE_AGENT: Final = "invoke_agent"
CHAT: Final = "chat"
EXECUTE_TOOL: Final = "execute_tool"
STEP: Final = "step"
UNDO: Final = "undo"
"""What a span is about; its name is this and the name of what it is done to. The last two are ours."""

# ----- general attributes

ERROR_TYPE: Final = "error.type"
EXCEPTION: Final = "exception"
EXCEPTION_TYPE: Final = "exception.type"
EXCEPTION_MESSAGE: Final = "exception.message"

# ----- our attributes

RUN_ID: Final = "podium.run.id"
RUN_STATUS: Final = "podium.run.status"
RUN_LIFE: Final = "podium.run.life"
STEP_PATH: Final = "podium.step.path"
STEP_KIND: Final = "podium.step.kind"
STEP_OUTCOME: Final = "podium.step.outcome"
STEP_LABEL: Final = "podium.step.label"
ATTEMPT: Final = "podium.attempt"
TOOL_WRITES: Final = "podium.tool.writes"
TOOL_SOURCE: Final = "podium.tool.answered_by"
COST: Final = "podium.cost.micro_usd"
REASON: Final = "podium.reason"
LINK: Final = "podium.link"

# ----- events of spans

TAKEN_OVER: Final = "podium.run.taken_over"
CANCEL_ASKED: Final = "podium.run.cancel_asked"
DEADLINE_PASSED: Final = "podium.run.deadline_passed"
SIGNAL: Final = "podium.run.signal_received"
COMPENSATION_STARTED: Final = "podium.compensation.started"
COMPENSATION_ENDED: Final = "podium.compensation.ended"
ATTEMPT_FAILED: Final = "podium.attempt.failed"
CALL_FAILED: Final = "podium.call.attempt_failed"
POSTPONED: Final = "podium.step.postponed"
RESUMED: Final = "podium.step.resumed"
LOST: Final = "podium.step.lost"
PARKED: Final = "podium.step.parked"
RESOLVED: Final = "podium.step.resolved"
TASK_OPENED: Final = "podium.task.opened"
ANSWERED: Final = "podium.step.answered"
WRITE_ASKED: Final = "podium.write.consent_asked"
WRITE_APPROVED: Final = "podium.write.approved"
WRITE_REFUSED: Final = "podium.write.refused"
WRITE_SENT_AGAIN: Final = "podium.write.sent_again"
WRITE_IN_DOUBT: Final = "podium.write.in_doubt"
WRITE_RELEASED: Final = "podium.write.released"
WRITE_REPEATED: Final = "podium.write.repeated"
WRITE_BARRED: Final = "podium.write.barred"
