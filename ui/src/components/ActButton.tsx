/** A button that changes something: off, with the reason said, for whoever may only look. */

import type { ButtonHTMLAttributes } from "react";
import { useHere } from "../app/here";

export type Needs = "operate" | "admin";

/** Return why somebody may not act, "" where they may. */
export function useForbidden(needs: Needs = "operate"): string {
  const { about, canOperate, isAdmin } = useHere();
  if (about === null || (needs === "admin" ? isAdmin : canOperate)) return "";
  return `You are logged in with the scope ${about.scope}; this needs ${needs}.`;
}

export function ActButton({ needs = "operate", title, disabled, ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & { readonly needs?: Needs }) {
  const why = useForbidden(needs);
  return <button type="button" {...rest} disabled={disabled || why !== ""} title={why || title} />;
}

/** The reason in words, where there is room to say it. */
export function Forbidden({ needs }: { readonly needs?: Needs }) {
  const why = useForbidden(needs);
  return why ? <p className="note faint">{why}</p> : null;
}
