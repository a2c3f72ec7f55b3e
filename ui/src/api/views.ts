// Made by `python scripts/ui_sources.py`; not to be changed by hand.

export const STEP_STATUSES = ["waiting", "running", "retrying", "done", "failed", "skipped", "parked", "cancelled", "undoing", "undone"] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export const RUN_STATUSES = ["running", "waiting", "parked", "compensating", "completed", "failed", "cancelled", "compensated"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const SPANS = ["queued", "running", "waiting", "backing_off"] as const;
export type Span = (typeof SPANS)[number];

export interface About {
  readonly version: string;
  readonly engine: string;
  readonly user: string;
  readonly scope: string;
  readonly has_tokens: boolean;
  readonly can_demo: boolean;
  readonly workflows: number;
}

export interface AnswerOption {
  readonly name: string;
  readonly schema_text: string;
  readonly as_is: string | null;
}

export interface AttemptView {
  readonly number: number;
  readonly began_at: number;
  readonly ended_at: number | null;
  readonly outcome: string;
  readonly failure: FailureView | null;
  readonly retry_at: number | null;
}

export interface AuditEntry {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly scope: string;
  readonly act: string;
  readonly target: string;
  readonly detail: string;
  readonly outcome: string;
  readonly request_id: string;
  readonly address: string;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next: string | null;
}

export interface Bar {
  readonly address: string;
  readonly attempt: number;
  readonly status: StepStatus;
  readonly parts: readonly BarPart[];
  readonly is_critical: boolean;
}

export interface BarPart {
  readonly span: Span;
  readonly began_at: number;
  readonly ended_at: number | null;
}

export interface BoardPosts {
  readonly posts: readonly Value[];
}

export interface BreakerRow {
  readonly name: string;
  readonly state: string;
  readonly until: number | null;
  readonly calls: number | null;
  readonly failures: number | null;
  readonly slow: number | null;
  readonly trips: number | null;
  readonly why: string;
  readonly tools: readonly string[];
  readonly says: string;
  readonly waiting_runs: readonly string[];
  readonly orders: readonly OrderView[];
}

export interface BudgetView {
  readonly name: string;
  readonly money_max: number | null;
  readonly tokens_max: number | null;
  readonly money_spent: number;
  readonly tokens_spent: number;
  readonly money_reserved: number;
  readonly tokens_reserved: number;
}

export interface BulkResult {
  readonly done: readonly string[];
  readonly refused: Readonly<Record<string, string>>;
}

export interface CallView {
  readonly tool: string;
  readonly instead_of: string;
  readonly kind: string;
  readonly status: string;
  readonly began_at: number | null;
  readonly ended_at: number | null;
  readonly sent: number;
  readonly key: string;
  readonly args: Value | null;
  readonly result: Value | null;
  readonly failure: FailureView | null;
  readonly guards: readonly GuardLine[];
  readonly tokens_in: number | null;
  readonly tokens_out: number | null;
  readonly cost_micros: number | null;
}

export interface Change {
  readonly field: string;
  readonly before: Value | null;
  readonly after: Value | null;
  readonly is_append: boolean;
}

export interface Comparison {
  readonly left: RunRow;
  readonly right: RunRow;
  readonly same_graph: boolean;
  readonly inputs: readonly Difference[];
  readonly outputs: readonly Difference[];
  readonly path: readonly PathLine[];
  readonly left_ms: number;
  readonly right_ms: number;
}

export interface DecisionView {
  readonly at: number;
  readonly by: string;
  readonly verb: string;
  readonly reason: string;
}

export interface Difference {
  readonly pointer: string;
  readonly left: Value | null;
  readonly right: Value | null;
}

export interface EventPage {
  readonly events: readonly EventRow[];
  readonly next: number | null;
  readonly status: RunStatus;
}

export interface EventRow {
  readonly seq: number;
  readonly kind: string;
  readonly path: string;
  readonly at: number;
  readonly body: string;
}

export interface FailureView {
  readonly kind: string;
  readonly type: string;
  readonly message: string;
  readonly source: string;
  readonly traceback: string;
  readonly retry_at: number | null;
  readonly causes: readonly FailureView[];
}

export interface FaultView {
  readonly at: string;
  readonly expected: string;
}

export interface Gap {
  readonly began_at: number;
  readonly ended_at: number;
}

export interface GuardLine {
  readonly name: string;
  readonly says: string;
  readonly then: string;
}

export interface GuardPage {
  readonly breakers: readonly BreakerRow[];
  readonly budgets: readonly BudgetView[];
}

export interface Health {
  readonly status: string;
}

export interface JournalPage {
  readonly rows: readonly JournalRow[];
  readonly next: number | null;
  readonly total: number;
}

export interface JournalRow {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly address: string;
  readonly note: string;
  readonly body: string;
  readonly chars: number;
}

export interface LiveEnd {
  readonly status: RunStatus | null;
  readonly why: string;
}

export interface LiveNews {
  readonly run: RunRow;
  readonly patch: Patch;
  readonly steps: readonly StepLine[];
  readonly journal: readonly JournalRow[] | null;
}

export interface NodeStanding {
  readonly status: StepStatus;
  readonly words: string;
  readonly address: string;
  readonly visits: number;
  readonly attempts: number;
  readonly items_done: number;
  readonly items_total: number | null;
}

export interface OpenedJournal {
  readonly page: RunPage;
  readonly timeline: Timeline;
  readonly patches: readonly Patch[];
  readonly journal: readonly JournalRow[];
}

export interface OrderView {
  readonly switch: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  readonly until: number | null;
}

export interface ParkedAction {
  readonly verb: string;
  readonly means: string;
  readonly takes_answer: boolean;
}

export interface ParkedList {
  readonly parked: readonly ParkedRow[];
  readonly next: string | null;
}

export interface ParkedRow {
  readonly run_id: string;
  readonly path: string;
  readonly workflow: string;
  readonly reason: string;
  readonly detail: string;
  readonly tool: string;
  readonly args: Value | null;
  readonly key: string;
  readonly parked_at: number;
  readonly version: number;
  readonly known: readonly string[];
  readonly unknown: readonly string[];
  readonly tried: readonly ParkedTry[];
  readonly waiting: readonly string[];
  readonly actions: readonly ParkedAction[];
  readonly history: readonly (readonly [number, string, string, string])[];
}

export interface ParkedTry {
  readonly at: number;
  readonly what: string;
  readonly failure: FailureView;
}

export interface Patch {
  readonly seq: number;
  readonly at: number;
  readonly nodes: Readonly<Record<string, NodeStanding | null>>;
  readonly taken: readonly (readonly [string, string])[] | null;
  readonly undone: readonly (readonly [string, string])[] | null;
  readonly resets: boolean;
  readonly redraws: boolean;
}

export interface PatchPage {
  readonly patches: readonly Patch[];
  readonly next: number | null;
}

export interface PathLine {
  readonly address: string;
  readonly side: "both" | "left" | "right";
  readonly left_status: StepStatus | null;
  readonly right_status: StepStatus | null;
  readonly left_ms: number | null;
  readonly right_ms: number | null;
  readonly differs: boolean;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PictureBox[];
  readonly lines: readonly PictureLine[];
  readonly foldable: readonly string[];
}

export interface PictureBox {
  readonly place: string;
  readonly shape: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly kind: string;
  readonly name: string;
  readonly lines: readonly string[];
  readonly icon: string;
  readonly writes: boolean;
  readonly is_map: boolean;
  readonly is_conditional: boolean;
  readonly is_folded: boolean;
}

export interface PictureLine {
  readonly source: string;
  readonly target: string;
  readonly kind: string;
  readonly line: string;
  readonly head: string;
  readonly back_line: string;
  readonly back_head: string;
  readonly label: string;
  readonly label_x: number;
  readonly label_y: number;
  readonly label_width: number;
  readonly label_height: number;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly faults: readonly FaultView[];
  readonly about: Readonly<Record<string, unknown>>;
}

export interface RunCounts {
  readonly by_status: Readonly<Record<RunStatus, number>>;
  readonly is_exact: boolean;
}

export interface RunPage {
  readonly run: RunRow;
  readonly picture: Picture;
  readonly standing: Standing;
  readonly steps: readonly StepLine[];
  readonly input: Value | null;
  readonly output: Value | null;
  readonly failure: FailureView | null;
  readonly opens_at: string;
  readonly children: readonly string[];
  readonly can: readonly string[];
  readonly signals: readonly string[];
  readonly spent: readonly [number, number, number];
  readonly boards: readonly string[];
  readonly has_code: boolean;
}

export interface RunPageOfList {
  readonly runs: readonly RunRow[];
  readonly next: string | null;
}

export interface RunResult {
  readonly status: RunStatus;
  readonly output: Value | null;
  readonly failure: FailureView | null;
  readonly skipped: readonly string[];
}

export interface RunRow {
  readonly id: string;
  readonly workflow: string;
  readonly graph_hash: string;
  readonly status: RunStatus;
  readonly input: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly seq: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly wake_at: number | null;
  readonly parent: string | null;
  readonly tenant: string;
  readonly owner: string | null;
  readonly target: string;
}

export interface RunsNews {
  readonly changed: readonly RunRow[];
  readonly counts: RunCounts;
  readonly tasks: number;
  readonly parked: number;
  readonly is_whole: boolean;
}

export interface Standing {
  readonly seq: number;
  readonly at: number;
  readonly nodes: Readonly<Record<string, NodeStanding>>;
  readonly taken: readonly (readonly [string, string])[];
  readonly undone: readonly (readonly [string, string])[];
}

export interface StepDetail {
  readonly address: string;
  readonly place: string;
  readonly name: string;
  readonly title: string;
  readonly kind: string;
  readonly status: StepStatus;
  readonly note: string;
  readonly began_at: number;
  readonly ended_at: number | null;
  readonly began_seq: number;
  readonly ended_seq: number | null;
  readonly input: Value | null;
  readonly output: Value | null;
  readonly changes: readonly Change[];
  readonly failure: FailureView | null;
  readonly caught: FailureView | null;
  readonly attempts: readonly AttemptView[];
  readonly calls: readonly CallView[];
  readonly guards: readonly GuardLine[];
  readonly decisions: readonly DecisionView[];
  readonly visits: readonly string[];
  readonly source: string;
}

export interface StepLine {
  readonly address: string;
  readonly place: string;
  readonly depth: number;
  readonly status: StepStatus;
  readonly note: string;
  readonly began_at: number;
  readonly ended_at: number | null;
  readonly attempts: number;
}

export interface TaskList {
  readonly tasks: readonly TaskRow[];
  readonly next: string | null;
}

export interface TaskRow {
  readonly id: string;
  readonly run_id: string;
  readonly path: string;
  readonly workflow: string;
  readonly title: string;
  readonly is_approval: boolean;
  readonly context: Value;
  readonly schema_text: string;
  readonly options: readonly AnswerOption[];
  readonly tool: string;
  readonly args: Value | null;
  readonly asked_at: number;
  readonly until: number | null;
}

export interface Timeline {
  readonly began_at: number;
  readonly ended_at: number | null;
  readonly bars: readonly Bar[];
  readonly critical: readonly string[];
  readonly critical_ms: number;
  readonly gaps: readonly Gap[];
}

export interface TokenNews {
  readonly path: string;
  readonly stream: number;
  readonly text: string;
}

export interface Value {
  readonly json_text: string;
  readonly chars: number;
}

export interface WorkflowList {
  readonly workflows: readonly WorkflowRow[];
}

export interface WorkflowPage {
  readonly workflow: WorkflowRow;
  readonly picture: Picture;
  readonly mermaid: string;
}

export interface WorkflowRow {
  readonly name: string;
  readonly kind: string;
  readonly graph_hash: string;
  readonly title: string;
  readonly target: string;
  readonly input_schema_text: string;
  readonly asks_text: boolean;
}
