import type { ReactNode } from "react";

/** The head of a page: its name, what belongs beside it, and what can be done. */
export function Header(props: { readonly title: ReactNode; readonly beside?: ReactNode; readonly children?: ReactNode }) {
  return (
    <header className="page-head">
      <div className="page-name">
        <h1>{props.title}</h1>
        {props.beside}
      </div>
      {props.children && <div className="page-acts">{props.children}</div>}
    </header>
  );
}
