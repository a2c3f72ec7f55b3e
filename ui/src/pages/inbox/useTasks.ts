/** Open questions, all pages of them, read again when a run that may ask has changed. */

import { tasks } from "../../api/calls";
import { useNews } from "../../app/news";
import { useLoaded, type Loaded } from "../../api/useLoaded";
import type { TaskRow } from "../../api/views";

const PAGES_MAX = 10;

export function useTasks(run: string): Loaded<readonly TaskRow[]> {
  const loaded = useLoaded(`tasks ${run}`, () => all(run));
  const asking = new Set(loaded.data?.map((task) => task.run_id));
  useNews((news) => {
    const isMore = !news.is_whole || (run === "" && news.tasks !== loaded.data?.length);
    if (isMore || news.changed.some((row) => row.status === "waiting" || asking.has(row.id))) loaded.reload();
  });
  return loaded;
}

async function all(run: string): Promise<readonly TaskRow[]> {
  const found: TaskRow[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const list = await tasks({ run, cursor });
    found.push(...list.tasks);
    cursor = list.next;
    if (cursor === null) break;
  }
  return found;
}
