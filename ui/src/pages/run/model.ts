/** A run as its page knows it: read once, then kept up to date by what the server sends. */

import type { LinkState } from "../../api/stream";
import type { JournalRow, LiveNews, Patch, Picture, RunPage, StepLine } from "../../api/views";
import { announce } from "../../app/toasts";
import type { RunSource } from "./source";
import { copyOf, laid, applyPatch, Replay, StandingStore, type Laid } from "./standings";

export interface Known {
  readonly page: RunPage;
  readonly picture: Picture;
  readonly steps: readonly StepLine[];
  /** The number of the last event. */
  readonly seq: number;
  readonly link: LinkState;
}

const IS_OVER = new Set(["completed", "failed", "cancelled", "compensated"]);
const AGAIN_MS = 250;

export class RunModel {
  /** What the picture shows: the present, or an event of the past. */
  readonly shown = new StandingStore();
  /** Rows of the journal as they come; who shows the journal listens. */
  readonly rows = new Set<(rows: readonly JournalRow[] | null, total: number) => void>();
  private known: Known | null = null;
  private present: Laid | null = null;
  private replay: Replay | null = null;
  private replayAt: number | null = null;
  private fold: readonly string[] = [];
  private byAddress = new Map<string, StepLine>();
  private stop: (() => void) | null = null;
  private timer: number | undefined;
  private readonly listeners = new Set<() => void>();
  readonly source: RunSource;

  constructor(source: RunSource) {
    this.source = source;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Known | null => this.known;

  /** Read the run and follow it. */
  async begin(fold: readonly string[]): Promise<void> {
    this.fold = fold;
    const page = await this.source.page(fold);
    this.takePage(page, page.picture);
    this.watch(page.run.status);
  }

  end(): void {
    this.stop?.();
    this.stop = null;
    window.clearTimeout(this.timer);
  }

  /** Read again what the stream does not bring: what may be asked of the run, its output, its failure. */
  async again(): Promise<void> {
    const page = await this.source.page(this.fold);
    this.takePage(page, page.picture);
    if (!this.stop) this.watch(page.run.status);
  }

  async refold(fold: readonly string[]): Promise<void> {
    if (fold.join() === this.fold.join()) return;
    this.fold = fold;
    const picture = await this.source.picture(fold);
    if (this.known) this.set({ ...this.known, picture });
  }

  /** Show how the run stood after event number `seq`; null: as it stands. */
  async showAt(seq: number | null): Promise<void> {
    this.replayAt = seq;
    if (seq === null) {
      if (this.present) this.shown.show(copyOf(this.present));
      return;
    }
    const past = await this.past();
    if (this.replayAt === seq) this.shown.show(past.upTo(seq));
  }

  step(address: string): StepLine | undefined {
    return this.byAddress.get(address);
  }

  private async past(): Promise<Replay> {
    const last = this.known?.seq ?? 0;
    if (!this.replay || this.replay.last < last) this.replay = new Replay(await this.source.patches());
    return this.replay;
  }

  private takePage(read: RunPage, picture: Picture): void {
    const { known } = this;
    if (known && read.standing.seq < known.page.standing.seq) return; // overtaken by one that was asked for later
    const page = known && known.page.run.seq > read.run.seq ? { ...read, run: known.page.run } : read;
    const found = laid(page.standing);
    if (!this.present || found.seq >= this.present.seq) this.present = found;
    if (this.replayAt === null) this.shown.show(copyOf(this.present));
    this.byAddress = new Map(page.steps.map((line) => [line.address, line]));
    const link = known?.link ?? "connecting";
    this.set({ page, picture, steps: page.steps, seq: Math.max(this.present.seq, page.run.seq), link });
  }

  private watch(status: string): void {
    if (this.source.isOffline || IS_OVER.has(status)) {
      this.link("live");
      return;
    }
    this.stop = this.source.follow(
      this.present?.seq ?? 0,
      (news) => this.take(news),
      (state) => this.link(state),
    );
  }

  private take(news: LiveNews): void {
    const { known, present } = this;
    if (!known || !present) return;
    this.patch(news.patch);
    const steps = news.steps.length ? this.merged(news.steps) : known.steps;
    const changed = news.run.status !== known.page.run.status;
    this.set({ ...known, page: { ...known.page, run: news.run }, steps, seq: Math.max(known.seq, news.patch.seq) });
    for (const tell of this.rows) tell(news.journal, news.patch.seq);
    if (changed) announce(`Run ${news.run.status}`);
    if (changed || news.patch.redraws) this.soon();
    if (IS_OVER.has(news.run.status)) {
      this.stop?.();
      this.stop = null;
    }
  }

  private patch(patch: Patch): void {
    if (!this.present) return;
    applyPatch(this.present, patch);
    if (this.replayAt === null) this.shown.take(patch);
  }

  private merged(lines: readonly StepLine[]): readonly StepLine[] {
    for (const line of lines) this.byAddress.set(line.address, line);
    return [...this.byAddress.values()];
  }

  private soon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.again().catch(() => this.link("lost"));
    }, AGAIN_MS);
  }

  private link(link: LinkState): void {
    if (this.known && this.known.link !== link) this.set({ ...this.known, link });
  }

  private set(next: Known): void {
    this.known = next;
    for (const listener of this.listeners) listener();
  }
}
