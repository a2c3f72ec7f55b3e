/** What may open above any page: the palette (⌘K, Ctrl-K) and the list of keys (?). */

import { useMemo, useState } from "react";
import { logOut, startDemo } from "../api/calls";
import { KeysHelp } from "../palette/KeysHelp";
import { Palette } from "../palette/Palette";
import type { Entry } from "../palette/matching";
import { useHere } from "./here";
import { useKeys } from "./keys";
import { ROUTES } from "./pages";
import { go, runHref } from "./router";
import { chooseTheme } from "./theme";
import { complain } from "./toasts";

export function Overlays() {
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  const close = () => setOpen(null);
  useKeys("Everywhere", [
    { key: "mod+k", says: "Go to a run, a page, an act", run: () => setOpen(open === "palette" ? null : "palette"), anywhere: true },
    { key: "?", says: "This list of keys", run: () => setOpen("keys") },
  ]);
  const entries = useEntries(() => setOpen("keys"));
  if (open === "palette") return <Palette entries={entries} onClose={close} />;
  return open === "keys" ? <KeysHelp onClose={close} /> : null;
}

function useEntries(showKeys: () => void): readonly Entry[] {
  const here = useHere();
  return useMemo(() => {
    const pages = ROUTES.flatMap((one): Entry[] =>
      one.nav && (!one.isAdmin || here.isAdmin)
        ? [{ id: one.pattern, title: one.title, aside: `g ${one.nav.key}`, group: "pages", run: () => go(one.pattern) }]
        : [],
    );
    const act = (title: string, run: () => void, aside = ""): Entry => ({ id: title, title, aside, group: "acts", run });
    const acts = [act("Show the keys", showKeys, "?")];
    for (const theme of ["light", "dark", "system"] as const) acts.push(act(`Colours: ${theme === "system" ? "as the system" : theme}`, () => chooseTheme(theme)));
    if (here.canOperate) acts.push(act("Start a run", () => go("/workflows")));
    if (here.canOperate && here.about?.can_demo) acts.push(act("Run the demo", demo));
    if (here.about?.has_tokens) acts.push(act("Log out", () => leave(here.again)));
    return [...pages, ...acts];
  }, [here]);
}

function demo(): void {
  startDemo().then((row) => go(runHref(row.id))).catch(complain);
}

/** End the session and ask who comes next. */
export function leave(again: () => void): void {
  logOut().then(again).catch(complain).finally(() => go("/login"));
}
