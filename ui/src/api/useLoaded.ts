/** What a page asked the server for: the answer, or the problem, or neither yet. */

import { useCallback, useEffect, useState } from "react";
import { Problem } from "./http";

export interface Loaded<T> {
  readonly data: T | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  /** Ask again; what is shown stays until the answer is there. */
  readonly reload: () => void;
}

/** Load whenever `key` changes; an answer that comes too late is dropped. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | null; problem: Problem | null }>({
    key,
    data: null,
    problem: null,
  });
  const [turn, setTurn] = useState(0);
  const [isLoading, setLoading] = useState(true);
  useEffect(() => {
    let isCurrent = true;
    setLoading(true);
    load()
      .then((data) => isCurrent && setState({ key, data, problem: null }))
      .catch((error: unknown) => {
        if (isCurrent) setState((old) => ({ key, data: old.key === key ? old.data : null, problem: asProblem(error) }));
      })
      .finally(() => isCurrent && setLoading(false));
    return () => {
      isCurrent = false;
    };
    // `load` is made anew at each render; `key` says when it asks for something else.
  }, [key, turn]);
  const reload = useCallback(() => setTurn((old) => old + 1), []);
  const isOf = state.key === key;
  return { data: isOf ? state.data : null, problem: isOf ? state.problem : null, isLoading, reload };
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, { title: "The page failed", detail: error instanceof Error ? error.message : String(error) });
}
