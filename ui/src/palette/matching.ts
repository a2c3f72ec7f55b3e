/** Which entries of the palette what was typed is meant for. */

export interface Entry {
  readonly id: string;
  readonly title: string;
  /** What stands beside it: a key, a status. */
  readonly aside: string;
  readonly group: "pages" | "acts" | "runs" | "workflows";
  readonly run: () => void;
}

/**
 * The entries that hold every word that was typed, best first: titles that begin with it, then words that do, then the
 * rest; in the order given where that is equal.
 */
export function matching(entries: readonly Entry[], typed: string): Entry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...entries];
  const scored = entries.map((entry) => ({ entry, score: scoreOf(entry.title.toLowerCase(), words) }));
  return scored.filter((one) => one.score > 0).sort((one, other) => other.score - one.score).map((one) => one.entry);
}

function scoreOf(title: string, words: readonly string[]): number {
  let score = 0;
  for (const word of words) {
    const at = title.indexOf(word);
    if (at < 0) return 0;
    score += at === 0 ? 3 : /[\s\-_/.:]/.test(title[at - 1] ?? "") ? 2 : 1;
  }
  return score;
}
