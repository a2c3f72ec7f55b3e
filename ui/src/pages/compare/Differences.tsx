import type { Difference, Value } from "../../api/views";
import { indented } from "../../components/JsonView";
import { seen } from "../../components/seen";

/** Where two values differ, place by place. */
export function Differences({ title, found, same }: { readonly title: string; readonly found: readonly Difference[]; readonly same: string }) {
  return (
    <section>
      <h2>{title}</h2>
      {found.length === 0 ? (
        <p className="faint">{same}</p>
      ) : (
        <table className="plain differences">
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">Left</th>
              <th scope="col">Right</th>
            </tr>
          </thead>
          <tbody>
            {found.map((one) => (
              <tr key={one.pointer}>
                <th scope="row" className="mono">{one.pointer || "(whole)"}</th>
                <td><Told value={one.left} side="left" /></td>
                <td><Told value={one.right} side="right" /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Told({ value, side }: { readonly value: Value | null; readonly side: string }) {
  if (value === null) return <span className="faint">nothing</span>;
  const isCut = value.json_text.length < value.chars;
  return (
    <pre className={`told is-${side}`}>
      {isCut ? `${seen(value.json_text)}…` : indented(value.json_text)}
    </pre>
  );
}
