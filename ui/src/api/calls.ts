/** The HTTP API, one function a thing to ask. */

import { address, get, getText, post, postText, postWith, remove, type Query } from "./http";
import type {
  BreakerRow,
  Comparison,
  GuardPage,
  JournalPage,
  JournalRow,
  ParkedList,
  Patch,
  Picture,
  RunCounts,
  RunPage,
  RunPageOfList,
  RunRow,
  Standing,
  StepDetail,
  TaskList,
  Timeline,
  Value,
  WorkflowList,
  WorkflowPage,
} from "./views";

export interface About {
  readonly version: string;
  readonly engine: "sqlite" | "memory" | "temporal";
  readonly user: string;
  readonly scope: "read" | "operate" | "admin";
  readonly has_tokens: boolean;
  readonly can_demo: boolean;
  readonly workflows: number;
}

export interface RunsQuery {
  readonly status?: readonly string[];
  readonly workflow?: string;
  readonly tenant?: string;
  readonly text?: string;
}

export interface PatchPage {
  readonly patches: readonly Patch[];
  readonly next: number | null;
}

export interface OpenedJournal {
  readonly page: RunPage;
  readonly timeline: Timeline;
  readonly patches: readonly Patch[];
  readonly journal: readonly JournalRow[];
}

export interface BulkDone {
  readonly done: readonly string[];
  readonly refused: Readonly<Record<string, string>>;
}

export interface AuditPage {
  readonly entries: readonly {
    readonly at: number;
    readonly by: string;
    readonly scope: string;
    readonly act: string;
    readonly target: string;
    readonly detail: string;
    readonly outcome: string;
  }[];
  readonly next: string | null;
}

export type CopyForm = "curl" | "python" | "pytest";

export const runPath = (id: string): string => `/runs/${encodeURIComponent(id)}`;

export const about = () => get<About>("/");
export const logIn = (token: string) => post<void>("/session", { token });
export const logOut = () => remove("/session");

export const workflows = () => get<WorkflowList>("/workflows");
export const workflow = (name: string) => get<WorkflowPage>(`/workflows/${encodeURIComponent(name)}`);
export const workflowPicture = (name: string, fold: readonly string[]) =>
  get<Picture>(`/workflows/${encodeURIComponent(name)}/picture`, { fold });

export const runs = (query: RunsQuery & { cursor?: string | null; limit?: number }, signal?: AbortSignal) =>
  get<RunPageOfList>("/runs", query as Query, signal);
export const runCounts = (query: RunsQuery) => get<RunCounts>("/runs/counts", query as Query);
export const runsStream = (query: RunsQuery) => address("/runs/stream", query as Query);
export const startRun = (asked: { workflow: string; text?: string; id?: string; tenant?: string }, inputText?: string) =>
  inputText === undefined ? post<RunRow>("/runs", asked) : postWith<RunRow>("/runs", asked, { name: "input", text: inputText });
export const startDemo = () => post<RunRow>("/demo");
export const bulk = (act: "cancel" | "retry", ids: readonly string[], reason: string) =>
  post<BulkDone>("/runs/bulk", { act, ids, reason });

export const run = (id: string, fold: readonly string[]) => get<RunPage>(runPath(id), { fold });
export const runRow = (id: string) => get<RunRow>(`${runPath(id)}/row`);
export const picture = (id: string, fold: readonly string[]) => get<Picture>(`${runPath(id)}/picture`, { fold });
export const standing = (id: string, upto: number) => get<Standing>(`${runPath(id)}/standing`, { upto });
export const patches = (id: string, after: number) => get<PatchPage>(`${runPath(id)}/patches`, { after, limit: 2000 });
export const timeline = (id: string) => get<Timeline>(`${runPath(id)}/timeline`);
export interface JournalQuery {
  readonly kinds: readonly string[];
  readonly text: string;
  readonly address: string;
}

export const journal = (id: string, after: number, query: JournalQuery, limit: number) =>
  get<JournalPage>(`${runPath(id)}/journal`, {
    after,
    limit,
    kind: query.kinds,
    text: query.text,
    address: query.address,
  });
export const journalRow = (id: string, seq: number) => get<JournalRow>(`${runPath(id)}/journal/${seq}`);
export const step = (id: string, where: string) => get<StepDetail>(`${runPath(id)}/step`, { address: where });
export const board = (id: string, name: string) => get<{ posts: readonly Value[] }>(`${runPath(id)}/board`, { name });
export const copied = (id: string, form: CopyForm, where: string) =>
  getText(`${runPath(id)}/copy`, { form, address: where });
export const runStream = (id: string, after: number) => address(`${runPath(id)}/stream`, { after });
export const download = (id: string, what: "export" | "report" | "picture.svg" | "picture.png") =>
  address(`${runPath(id)}/${what}`);

export const cancel = (id: string, reason: string) => post<RunRow>(`${runPath(id)}/cancel`, { reason });
export const retry = (id: string) => post<RunRow>(`${runPath(id)}/retry`);
export const resume = (id: string) => post<RunRow>(`${runPath(id)}/resume`);
export const signal = (id: string, name: string, payload: unknown) =>
  post<RunRow>(`${runPath(id)}/signal`, { name, payload });
export const fork = (id: string, asked: { at?: number; id?: string; writes?: boolean }) =>
  post<RunRow>(`${runPath(id)}/fork`, asked);

export const tasks = (query: { run?: string; cursor?: string | null } = {}) => get<TaskList>("/tasks", query);
export const answer = (asked: { run_id: string; path: string; reason?: string }, answerText: string) =>
  postWith<RunRow>("/tasks/answer", asked, { name: "answer", text: answerText });
export const parked = (query: { run?: string; cursor?: string | null } = {}) => get<ParkedList>("/parked", query);
export interface Decision {
  readonly run_id: string;
  readonly path: string;
  readonly verb: string;
  readonly reason: string;
  readonly version: number;
}

export const resolve = (asked: Decision, answerText = "") =>
  answerText === ""
    ? post<RunRow>("/parked/resolve", asked)
    : postWith<RunRow>("/parked/resolve", asked, { name: "answer", text: answerText });
export const guards = () => get<GuardPage>("/guards");
export const orderBreaker = (name: string, asked: { switch: string; seconds?: number; reason: string }) =>
  post<BreakerRow>(`/breakers/${encodeURIComponent(name)}/order`, asked);
export const compare = (left: string, right: string) => get<Comparison>("/compare", { left, right });
export const openJournal = (text: string) => postText<OpenedJournal>("/journals/read", text);
export const openStep = (text: string, where: string) => postText<StepDetail>("/journals/step", text, { address: where });
export const audit = (cursor?: string | null) => get<AuditPage>("/audit", { cursor });
