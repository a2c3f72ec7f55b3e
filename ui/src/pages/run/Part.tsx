/** A part of the inspector: a title, and what belongs under it. */

import type { ReactNode } from "react";

export function Part(props: { readonly title: string; readonly beside?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="part">
      <h3 className="part-title">
        {props.title}
        {props.beside !== undefined && <span className="faint">{props.beside}</span>}
      </h3>
      {props.children}
    </section>
  );
}

export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode] | null)[] }) {
  return (
    <dl className="facts">
      {facts.map((fact) =>
        fact && fact[1] !== null && fact[1] !== "" ? (
          <div key={fact[0]}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
