/** What the lines of the picture mean. */

const KINDS = [
  { name: "taken", says: "taken" },
  { name: "next", says: "not taken" },
  { name: "error", says: "on error" },
  { name: "undone-way", says: "undone" },
] as const;

export function Legend() {
  return (
    <ul className="graph-legend" aria-label="What the lines mean">
      {KINDS.map((kind) => (
        <li key={kind.name}>
          <svg width="22" height="8" aria-hidden="true" className={`line ${kind.name === "taken" ? "next taken" : kind.name}`}>
            <path className="edge" d="M1 4H21" />
          </svg>
          {kind.says}
        </li>
      ))}
    </ul>
  );
}
