/** Where a run is read from: the server, or an exported journal that lies here. The page is the same. */

import * as calls from "../../api/calls";
import { follow, type LinkState } from "../../api/stream";
import type { JournalPage, JournalRow, LiveNews, Patch, Picture, RunPage, StepDetail, Timeline } from "../../api/views";

export interface JournalFilter {
  readonly kinds: readonly string[];
  readonly text: string;
  /** Of one step alone; "" for all. */
  readonly address: string;
}

export interface RunSource {
  readonly id: string;
  /** Nothing can be asked of the run: it is read from a file. */
  readonly isOffline: boolean;
  readonly page: (fold: readonly string[]) => Promise<RunPage>;
  readonly picture: (fold: readonly string[]) => Promise<Picture>;
  /** All of them, one an event. */
  readonly patches: () => Promise<readonly Patch[]>;
  readonly timeline: () => Promise<Timeline>;
  readonly journal: (after: number, filter: JournalFilter, limit: number) => Promise<JournalPage>;
  readonly journalRow: (seq: number) => Promise<JournalRow>;
  readonly step: (address: string) => Promise<StepDetail>;
  readonly follow: (after: number, take: (news: LiveNews) => void, onState: (state: LinkState) => void) => () => void;
}

export function serverSource(id: string): RunSource {
  return {
    id,
    isOffline: false,
    page: (fold) => calls.run(id, fold),
    picture: (fold) => calls.picture(id, fold),
    patches: () => allPatches(id),
    timeline: () => calls.timeline(id),
    journal: (after, filter, limit) => calls.journal(id, after, filter, limit),
    journalRow: (seq) => calls.journalRow(id, seq),
    step: (address) => calls.step(id, address),
    follow: (after, take, onState) =>
      follow({
        where: (last) => calls.runStream(id, last ?? after),
        onState,
        until: "end",
        on: { news: (data) => take(data as LiveNews) },
      }),
  };
}

/** A run read from an exported journal: `opened` is what the server made of `text`, and keeps nothing of. */
export function journalSource(opened: calls.OpenedJournal, text: string): RunSource {
  const rows = opened.journal;
  return {
    id: opened.page.run.id,
    isOffline: true,
    page: async () => opened.page,
    picture: async () => opened.page.picture,
    patches: async () => opened.patches,
    timeline: async () => opened.timeline,
    journal: async (after, filter, limit) => pageOf(rows, after, filter, limit),
    journalRow: async (seq) => rows.find((row) => row.seq === seq) ?? Promise.reject(new Error(`no event ${seq}`)),
    step: (address) => calls.openStep(text, address),
    follow: () => () => undefined,
  };
}

async function allPatches(id: string): Promise<readonly Patch[]> {
  const found: Patch[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: calls.PatchPage = await calls.patches(id, after);
    found.push(...page.patches);
    after = page.next;
  }
  return found;
}

function pageOf(rows: readonly JournalRow[], after: number, filter: JournalFilter, limit: number): JournalPage {
  const text = filter.text.toLowerCase();
  const fits = rows.filter(
    (row) =>
      row.seq > after &&
      (filter.kinds.length === 0 || filter.kinds.includes(row.kind)) &&
      (filter.address === "" || row.address === filter.address) &&
      (text === "" || `${row.note} ${row.body}`.toLowerCase().includes(text)),
  );
  const page = fits.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: fits.length > limit && last ? last.seq : null, total: rows.at(-1)?.seq ?? 0 };
}
