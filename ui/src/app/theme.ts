/** Light or dark: what the system prefers, unless somebody chose; the choice is kept in this browser. */

import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

const PLACE = "podium-theme";
const listeners = new Set<() => void>();

/** Apply what was chosen before; called before anything is drawn. */
export function applyTheme(): void {
  const chosen = chosenTheme();
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

export function chooseTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(PLACE);
    else localStorage.setItem(PLACE, theme);
  } catch {
    // A browser that keeps nothing still shows what was chosen, until the page is left.
    document.documentElement.dataset["theme"] = theme;
    return;
  }
  applyTheme();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, chosenTheme);
}

function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(PLACE);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}
