/** Questions that runs ask people: the list on the left, the chosen one with its answer on the right. */

import { useEffect, useRef } from "react";
import { useKeys } from "../../app/keys";
import { changeQuery, Link, useQuery } from "../../app/router";
import type { TaskRow } from "../../api/views";
import { Countdown } from "../../components/Countdown";
import { Header } from "../../components/Header";
import { Icon } from "../../components/Icon";
import { Empty, Loading, Refused } from "../../components/Said";
import { Time } from "../../components/Time";
import { Task } from "./Task";
import { useTasks } from "./useTasks";
import "./inbox.css";

export function InboxPage() {
  const [query] = useQuery();
  const run = query.get("run") ?? "";
  const loaded = useTasks(run);
  const tasks = loaded.data ?? [];
  const chosenId = query.get("task");
  const place = useRef(0);
  const found = tasks.findIndex((task) => task.id === chosenId);
  const at = found >= 0 ? found : Math.min(place.current, tasks.length - 1);
  useEffect(() => {
    place.current = Math.max(0, at);
  }, [at]);
  const task = tasks[at];
  const move = (step: number) => {
    const next = tasks[Math.min(tasks.length - 1, Math.max(0, at + step))];
    if (next) changeQuery({ task: next.id }, { replace: true });
  };
  useKeys("Inbox", [
    { key: "j", says: "Next question", run: () => move(1) },
    { key: "k", says: "Question before", run: () => move(-1) },
  ]);
  return (
    <>
      <Header title="Inbox" beside={<Beside count={tasks.length} run={run} />} />
      {loaded.problem && tasks.length === 0 && <Refused problem={loaded.problem} again={loaded.reload} />}
      {!loaded.data && !loaded.problem && <Loading />}
      {loaded.data && tasks.length === 0 && (
        <Empty title="Nobody is asked anything">
          <p className="faint">Questions and approvals of runs come here by themselves.</p>
        </Empty>
      )}
      {task && (
        <div className="split">
          <ol className="split-list" aria-label="Questions">
            {tasks.map((one) => (
              <li key={one.id}>
                <TaskLink task={one} isChosen={one.id === task.id} />
              </li>
            ))}
          </ol>
          <Task key={task.id} task={task} onGone={loaded.reload} />
        </div>
      )}
    </>
  );
}

function Beside({ count, run }: { readonly count: number; readonly run: string }) {
  if (!run) return count > 0 ? <span className="faint number">{count} open, oldest first</span> : null;
  return (
    <span className="faint">
      of run {run} · <Link href="/inbox">all</Link>
    </span>
  );
}

function TaskLink({ task, isChosen }: { readonly task: TaskRow; readonly isChosen: boolean }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isChosen) link.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  const query = new URLSearchParams(location.search);
  query.set("task", task.id);
  return (
    <a
      ref={link}
      className="split-item"
      href={`/inbox?${query}`}
      aria-current={isChosen ? "true" : undefined}
      onClick={(event) => {
        event.preventDefault();
        changeQuery({ task: task.id }, { replace: true });
      }}
    >
      <span className="split-title clip">
        <Icon name={task.is_approval ? "guards" : "user"} /> {task.title || task.path}
      </span>
      <span className="split-about">
        <span className="clip">{task.workflow} · {task.run_id}</span>
        {task.until === null ? <Time at={task.asked_at} isAgo /> : <Countdown until={task.until} />}
      </span>
    </a>
  );
}
