/** What a page says in place of what it would show. */

import type { ReactNode } from "react";
import type { Problem } from "../api/http";
import { Icon } from "./Icon";

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Refused({ problem, again }: { readonly problem: Problem; readonly again?: () => void }) {
  return (
    <div className="empty" role="alert">
      <p className="empty-title">
        <Icon name="alert" /> {problem.title}
      </p>
      {problem.detail && <p className="faint">{problem.detail}</p>}
      {again && (
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Said only to those who can not see that nothing is there yet. */
export function Loading() {
  return (
    <p className="loading" role="status">
      <span>Loading…</span>
    </p>
  );
}
