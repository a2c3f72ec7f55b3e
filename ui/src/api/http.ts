/** Requests to the HTTP API: JSON in and out, problems as errors, every act with a key of its own. */

export const BASE = "/api/v1";

export type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** What the server refused or could not do (RFC 9457), or that nothing answered (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code: string;

  constructor(status: number, said: { title?: string; detail?: string; code?: string; type?: string }) {
    const title = said.title ?? (status === 0 ? "The server can not be reached" : `HTTP ${status}`);
    super(said.detail ? `${title}: ${said.detail}` : title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = said.detail ?? "";
    this.code = said.code ?? said.type ?? "";
  }
}

/** Return the address of `path` below the API; empty values are left out, lists are joined by commas. */
export function address(path: string, query: Query = {}): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    if (Array.isArray(value) && value.length === 0) continue;
    found.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = found.toString();
  return `${BASE}${path}${text ? `?${text}` : ""}`;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const answer = await ask(address(path, query), { signal: signal ?? null, headers: { Accept: "application/json" } });
  return (await answer.json()) as T;
}

export async function getText(path: string, query: Query = {}): Promise<string> {
  return (await ask(address(path, query), {})).text();
}

/** Ask for an act. It is sent again once, under the same key, when nothing answered: so it happens once. */
export async function post<T>(path: string, body: unknown = {}, query: Query = {}): Promise<T> {
  return act<T>(path, { body: JSON.stringify(body), type: "application/json", query });
}

/** As `post`, with one member that is JSON text already: what people typed keeps its digits. */
export async function postWith<T>(path: string, body: object, raw: { readonly name: string; readonly text: string }): Promise<T> {
  const rest = JSON.stringify(body).slice(1, -1);
  const text = `{${JSON.stringify(raw.name)}:${raw.text}${rest ? "," : ""}${rest}}`;
  return act<T>(path, { body: text, type: "application/json", query: {} });
}

/** Post text that is no JSON: an exported journal. */
export async function postText<T>(path: string, body: string, query: Query = {}): Promise<T> {
  return act<T>(path, { body, type: "application/x-ndjson", query });
}

export async function remove(path: string): Promise<void> {
  await ask(address(path), { method: "DELETE" });
}

async function act<T>(path: string, given: { body: string; type: string; query: Query }): Promise<T> {
  const init = {
    method: "POST",
    body: given.body,
    headers: { Accept: "application/json", "Content-Type": given.type, "Idempotency-Key": freshKey() },
  };
  const send = () => ask(address(path, given.query), init);
  const answer = await send().catch((problem: unknown) => {
    if (problem instanceof Problem && problem.status === 0) return send();
    throw problem;
  });
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

let tellUnknown = (): void => undefined;

/** Say what is to be done when the server does not know who asks (any more). */
export function onUnknown(told: () => void): void {
  tellUnknown = told;
}

async function ask(where: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(where, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "Look whether it runs: podium serve." });
  }
  if (answer.status === 401) tellUnknown();
  if (!answer.ok) throw new Problem(answer.status, await told(answer));
  return answer;
}

async function told(answer: Response): Promise<{ title?: string; detail?: string }> {
  const text = await answer.text();
  try {
    return JSON.parse(text) as { title?: string; detail?: string };
  } catch {
    return { detail: text.slice(0, 300) };
  }
}

/** A key for one act. `randomUUID` is missing where the page was not loaded securely. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
