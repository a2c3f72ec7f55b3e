/** What every page knows: who looks, what the server is, how many questions and parked steps wait, whether it is there. */

import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { about, runsStream, type About } from "../api/calls";
import type { RunsNews } from "../api/views";
import { follow, type LinkState } from "../api/stream";
import { onUnknown } from "../api/http";
import { tellNews } from "./news";
import { go } from "./router";

export interface Here {
  readonly about: About | null;
  readonly tasks: number;
  readonly parked: number;
  readonly link: LinkState;
  /** May act on runs. */
  readonly canOperate: boolean;
  readonly isAdmin: boolean;
  /** Who looks may have changed. */
  readonly again: () => void;
}

const Context = createContext<Here | null>(null);

export function useHere(): Here {
  const here = useContext(Context);
  if (!here) throw new Error("useHere is for what is shown inside HereProvider");
  return here;
}

export function HereProvider({ children }: { readonly children: ReactNode }) {
  const [known, setKnown] = useState<About | null>(null);
  const [news, setNews] = useState({ tasks: 0, parked: 0 });
  const [link, setLink] = useState<LinkState>("connecting");
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    onUnknown(() => {
      setKnown(null);
      askWho();
    });
    about().then(setKnown).catch(() => setKnown(null));
  }, [turn]);
  const isLost = link === "lost";
  useEffect(() => {
    // A stream does not say why it ended: it may be that the session did.
    if (isLost) about().then(setKnown).catch(() => undefined);
  }, [isLost]);
  const isKnown = known !== null;
  useEffect(() => {
    if (!isKnown) return undefined;
    return follow({
      where: () => runsStream({}),
      glances: true,
      onState: setLink,
      on: { runs: (data) => heard(data as RunsNews, setNews) },
    });
  }, [isKnown]);
  const here = useMemo<Here>(
    () => ({
      about: known,
      ...news,
      link,
      canOperate: known !== null && known.scope !== "read",
      isAdmin: known?.scope === "admin",
      again: () => setTurn((old) => old + 1),
    }),
    [known, news, link],
  );
  return <Context value={here}>{children}</Context>;
}

type Counted = Pick<Here, "tasks" | "parked">;

function heard(news: RunsNews, count: (counted: (old: Counted) => Counted) => void): void {
  const { tasks, parked } = news;
  count((old) => (old.tasks === tasks && old.parked === parked ? old : { tasks, parked }));
  tellNews(news);
}

/** Send whoever is not known to the page that asks for a token, and back here afterwards. */
export function askWho(): void {
  if (location.pathname === "/login") return;
  const next = location.pathname + location.search;
  go(`/login?next=${encodeURIComponent(next)}`, { replace: true });
}
