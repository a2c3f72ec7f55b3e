/** Server-Sent Events that come back by themselves: after a lost connection, a draining server, a hidden tab. */

export type LinkState = "connecting" | "live" | "lost";

export interface Following {
  /** The address; `after` is the number of the last event seen, null before the first. */
  readonly where: (after: number | null) => string;
  readonly on: Readonly<Record<string, (data: unknown) => void>>;
  readonly onState?: (state: LinkState) => void;
  /** An event that ends the stream for good. */
  readonly until?: string;
  /** While the tab is hidden, look in once a while instead of staying: browsers keep six connections a server. */
  readonly glances?: boolean;
}

const WAITS_MS = [300, 1_000, 2_000, 5_000, 10_000];
const GLANCE_MS = 30_000;

/** Follow a stream until the returned function is called. */
export function follow(asked: Following): () => void {
  const stream = new Stream(asked);
  stream.begin();
  return () => stream.end();
}

class Stream {
  private source: EventSource | null = null;
  private timer: number | undefined;
  private last: number | null = null;
  private failures = 0;
  private isOver = false;
  private readonly asked: Following;

  constructor(asked: Following) {
    this.asked = asked;
  }

  begin(): void {
    document.addEventListener("visibilitychange", this.seen);
    window.addEventListener("online", this.open);
    this.open();
  }

  end(): void {
    this.isOver = true;
    document.removeEventListener("visibilitychange", this.seen);
    window.removeEventListener("online", this.open);
    this.close();
  }

  private readonly seen = (): void => {
    if (!document.hidden) {
      this.failures = 0;
      this.open();
    } else if (this.asked.glances) {
      this.rest(GLANCE_MS);
    } else {
      this.close();
    }
  };

  private readonly open = (): void => {
    if (this.isOver) return;
    this.close();
    const source = new EventSource(this.asked.where(this.last));
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.asked.onState?.("live");
    };
    source.onerror = () => this.lost();
    for (const [name, take] of Object.entries(this.asked.on)) {
      source.addEventListener(name, (event: MessageEvent<string>) => this.take(name, event, take));
    }
    if (this.asked.until) source.addEventListener(this.asked.until, () => this.end());
  };

  private take(name: string, event: MessageEvent<string>, deliver: (data: unknown) => void): void {
    const seq = Number.parseInt(event.lastEventId, 10);
    if (Number.isFinite(seq)) this.last = seq;
    deliver(event.data ? JSON.parse(event.data) : null);
    if (document.hidden && this.asked.glances && name !== this.asked.until) this.rest(GLANCE_MS);
  }

  private lost(): void {
    this.asked.onState?.("lost");
    const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)] ?? 10_000;
    this.failures += 1;
    this.rest(wait);
  }

  private rest(wait: number): void {
    this.close();
    this.timer = window.setTimeout(this.open, wait);
  }

  private close(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}
