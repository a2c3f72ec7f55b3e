/** A workflow: its picture, and a form that starts a run of it. */

import { useRef } from "react";
import { workflow } from "../../api/calls";
import { useLoaded } from "../../api/useLoaded";
import type { WorkflowPage as Page } from "../../api/views";
import { useKeys } from "../../app/keys";
import { Link } from "../../app/router";
import { CopyButton } from "../../components/CopyButton";
import { Header } from "../../components/Header";
import { Icon } from "../../components/Icon";
import { Loading, Refused } from "../../components/Said";
import { StartForm } from "./StartForm";
import { WorkflowPicture } from "./WorkflowPicture";
import "../guards/guards.css";
import "./workflows.css";

export function WorkflowPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const name = params["name"] ?? "";
  const loaded = useLoaded(`workflow ${name}`, () => workflow(name));
  return (
    <>
      <Header title={name} beside={loaded.data && <span className="faint">{loaded.data.workflow.kind}</span>}>
        <Link className="button" href={`/?workflow=${encodeURIComponent(name)}`}>
          <Icon name="runs" /> Its runs
        </Link>
        {loaded.data?.mermaid && <CopyButton text={loaded.data.mermaid} label="Copy as Mermaid" words="Mermaid" />}
      </Header>
      {loaded.problem && <Refused problem={loaded.problem} again={loaded.reload} />}
      {!loaded.data && !loaded.problem && <Loading />}
      {loaded.data && <Whole page={loaded.data} />}
    </>
  );
}

function Whole({ page }: { readonly page: Page }) {
  const form = useRef<HTMLElement>(null);
  useKeys("Workflow", [
    { key: "s", says: "Start a run", run: () => form.current?.querySelector<HTMLElement>("input, textarea, select, button")?.focus() },
  ]);
  return (
    <div className="workflow-page">
      <section ref={form} className="workflow-start" aria-labelledby="start-title">
        {page.workflow.title && <p className="workflow-says">{page.workflow.title}</p>}
        <h2 id="start-title">Start a run</h2>
        <StartForm workflow={page.workflow} />
        <dl className="pairs is-narrow">
          <div>
            <dt>Graph</dt>
            <dd><code>{page.workflow.graph_hash}</code></dd>
          </div>
          {page.workflow.target && (
            <div>
              <dt>Code</dt>
              <dd><code>{page.workflow.target}</code></dd>
            </div>
          )}
        </dl>
      </section>
      <WorkflowPicture name={page.workflow.name} picture={page.picture} />
    </div>
  );
}
