/** The page of a run: understood in ten seconds, mended in a minute. */

import { useMemo } from "react";
import { serverSource } from "./source";
import { RunView } from "./RunView";

export function RunPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const id = params["id"] ?? "";
  const source = useMemo(() => serverSource(id), [id]);
  return <RunView key={id} source={source} />;
}
