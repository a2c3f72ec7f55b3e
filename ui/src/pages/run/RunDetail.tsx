/** The run itself: what it was given, what it gave or why not, where it comes from. */

import type { RunPage } from "../../api/views";
import { useLoaded } from "../../api/useLoaded";
import { board } from "../../api/calls";
import { Link, runHref } from "../../app/router";
import { ValueView } from "../../components/JsonView";
import { StatusMark } from "../../components/StatusMark";
import { Time, Took } from "../../components/Time";
import { money } from "./CallPart";
import { CopyAs } from "./CopyAs";
import { FailureBox } from "./FailureBox";
import type { Known } from "./model";
import { Facts, Part } from "./Part";
import type { RunSource } from "./source";

export function RunDetail({ known, source }: { readonly known: Known; readonly source: RunSource }) {
  const { page } = known;
  return (
    <section className="inspected">
      <header className="inspected-head">
        <h2>Run</h2>
        <StatusMark status={page.run.status} isChip />
      </header>
      {page.failure && <FailureBox failure={page.failure} />}
      {page.input && (
        <Part title="Input">
          <ValueView value={page.input} label="input of the run" />
        </Part>
      )}
      {page.output && (
        <Part title="Output">
          <ValueView value={page.output} label="output of the run" />
        </Part>
      )}
      {!source.isOffline && page.boards.map((name) => <Board key={name} id={page.run.id} name={name} seq={known.seq} />)}
      <Part title="About">
        <About page={page} steps={known.steps.length} seq={known.seq} />
        <CopyAs source={source} address="" />
      </Part>
    </section>
  );
}

const OVER = ["completed", "failed", "cancelled", "compensated"];

function About({ page, steps, seq }: { readonly page: RunPage; readonly steps: number; readonly seq: number }) {
  const { run, spent } = page;
  const [tokensIn, tokensOut, cost] = spent;
  return (
    <Facts
      facts={[
        ["Workflow", <Link href={`/workflows/${encodeURIComponent(run.workflow)}`}>{run.workflow}</Link>],
        ["Began", <Time at={run.created_at} />],
        ["Took", <Took from={run.created_at} to={OVER.includes(run.status) ? run.updated_at : null} />],
        ["Steps", String(steps)],
        ["Events", String(seq)],
        ["Forked from", run.parent && <Link href={runHref(run.parent)}>{run.parent}</Link>],
        ["Forks", page.children.length > 0 && <Children ids={page.children} />],
        ["On behalf of", run.tenant],
        ["Held by", run.owner && <span className="mono">{run.owner}</span>],
        ["Code", run.target && <span className="mono">{run.target}</span>],
        ["Graph", <span className="mono">{run.graph_hash.slice(0, 12)}</span>],
        ["Tokens", tokensIn + tokensOut > 0 ? `${tokensIn.toLocaleString()} in, ${tokensOut.toLocaleString()} out` : ""],
        ["Cost", cost > 0 ? money(cost) : ""],
      ].map((fact) => (fact[1] ? ([String(fact[0]), fact[1]] as const) : null))}
    />
  );
}

function Children({ ids }: { readonly ids: readonly string[] }) {
  return (
    <ul>
      {ids.map((id) => (
        <li key={id}>
          <Link href={runHref(id)}>{id}</Link>
        </li>
      ))}
    </ul>
  );
}

function Board({ id, name, seq }: { readonly id: string; readonly name: string; readonly seq: number }) {
  const loaded = useLoaded(`${id} ${name} ${seq}`, () => board(id, name));
  const posts = loaded.data?.posts ?? [];
  return (
    <Part title={`Board ${name}`} beside={posts.length}>
      {posts.map((post, index) => (
        <ValueView key={index} value={post} label={`post ${index + 1} on ${name}`} />
      ))}
    </Part>
  );
}
