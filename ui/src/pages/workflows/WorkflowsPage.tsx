/** The workflows whose code this server has. */

import { useState } from "react";
import { workflows } from "../../api/calls";
import { useLoaded } from "../../api/useLoaded";
import { useKeys } from "../../app/keys";
import { go, Link } from "../../app/router";
import { Header } from "../../components/Header";
import { Icon } from "../../components/Icon";
import { Empty, Loading, Refused } from "../../components/Said";
import "./workflows.css";

export const workflowHref = (name: string): string => `/workflows/${encodeURIComponent(name)}`;

export function WorkflowsPage() {
  const loaded = useLoaded("workflows", workflows);
  const all = loaded.data?.workflows ?? [];
  const [at, setAt] = useState(-1);
  const move = (step: number) => setAt((old) => Math.min(all.length - 1, Math.max(0, old + step)));
  useKeys("Workflows", [
    { key: "j", says: "Next workflow", run: () => move(1) },
    { key: "k", says: "Workflow before", run: () => move(-1) },
    { key: "Enter", says: "Open the workflow", run: () => all[at] && go(workflowHref(all[at].name)) },
  ]);
  return (
    <>
      <Header title="Workflows" beside={all.length > 0 ? <span className="faint number">{all.length}</span> : null} />
      {loaded.problem && <Refused problem={loaded.problem} again={loaded.reload} />}
      {!loaded.data && !loaded.problem && <Loading />}
      {loaded.data && all.length === 0 && (
        <Empty title="No workflows are served here">
          <p className="faint">Name them when the server starts: <code>podium serve app.py</code></p>
        </Empty>
      )}
      <ul className="workflows">
        {all.map((one, index) => (
          <li key={one.name} className={index === at ? "is-current" : ""}>
            <Link href={workflowHref(one.name)} className="workflow">
              <Icon name="workflows" />
              <span className="workflow-name">{one.name}</span>
              <span className="faint">{one.kind}</span>
              <span className="workflow-title clip faint">{one.title}</span>
              {one.target && <code className="faint clip">{one.target}</code>}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
