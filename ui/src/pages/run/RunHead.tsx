/** The head of a run's page: which run, how it stands, and what can be done to it. */

import { useState } from "react";
import { cancel, download, fork, resume, retry, signal } from "../../api/calls";
import { useHere } from "../../app/here";
import { useKeys } from "../../app/keys";
import { go, Link, runHref } from "../../app/router";
import { complain, say } from "../../app/toasts";
import { Icon } from "../../components/Icon";
import { StatusMark } from "../../components/StatusMark";
import { Time, Took } from "../../components/Time";
import { CancelDialog, ForkDialog, SignalDialog } from "./acts";
import type { Known, RunModel } from "./model";
import type { Selection } from "./selection";

interface Props {
  readonly model: RunModel;
  readonly known: Known;
  readonly selection: Selection;
}

/** Until a time, a signal or a person: taking it up would change nothing. */
const WAITS = ["waiting", "parked"];
const OVER = ["completed", "failed", "cancelled", "compensated"];

export function RunHead(props: Props) {
  const { model, known } = props;
  const { run } = known.page;
  const isOver = OVER.includes(run.status);
  return (
    <>
      <header className="page-head run-head">
        <div className="page-name">
          <h1 className="mono" title={run.id}>
            {run.id}
          </h1>
          <StatusMark status={run.status} isChip />
          <p className="run-facts">
            <Link href={model.source.isOffline ? "/workflows" : `/workflows/${encodeURIComponent(run.workflow)}`}>{run.workflow}</Link>
            <span className="faint">
              <Took from={run.created_at} to={isOver ? run.updated_at : null} />
            </span>
            <span className="faint run-began">
              began <Time at={run.created_at} isAgo />
            </span>
            {!isOver && <LinkMark link={known.link} />}
          </p>
        </div>
        {!model.source.isOffline && <Acts {...props} />}
      </header>
      {known.link === "lost" && (
        <p className="banner tone-parked" role="status">
          <Icon name="alert" />
          Not live: the run is shown as it stood after event {known.seq}. It goes on by itself when the server is back.
        </p>
      )}
      {run.status === "parked" && <Parked known={known} />}
      {known.page.can.includes("answer") && <Asks known={known} />}
    </>
  );
}

function LinkMark({ link }: { readonly link: Known["link"] }) {
  const words = link === "live" ? "live" : link === "lost" ? "not live" : "connecting";
  return (
    <span className={`link-mark ${link}`}>
      <i aria-hidden="true" />
      {words}
    </span>
  );
}

function Parked({ known }: { readonly known: Known }) {
  const { run } = known.page;
  return (
    <p className="banner tone-parked">
      <Icon name="parked" />
      <span className="clip">{run.error ?? "A step of this run waits for a decision."}</span>
      <Link href={`/parked?run=${encodeURIComponent(run.id)}`}>Decide</Link>
    </p>
  );
}

function Asks({ known }: { readonly known: Known }) {
  const { run } = known.page;
  return (
    <p className="banner tone-waiting">
      <Icon name="inbox" />
      <span className="clip">This run asks a person, and waits for the answer.</span>
      <Link href={`/inbox?run=${encodeURIComponent(run.id)}`}>Answer</Link>
    </p>
  );
}

type Asked = "cancel" | "fork" | "signal" | null;

function Acts({ model, known, selection }: Props) {
  const { canOperate } = useHere();
  const [asked, setAsked] = useState<Asked>(null);
  const [isBusy, setBusy] = useState(false);
  const { run, can, signals } = known.page;
  const may = (act: string) => canOperate && can.includes(act);
  const act = async (said: string, does: () => Promise<unknown>) => {
    setAsked(null);
    setBusy(true);
    try {
      await does();
      say(said);
      await model.again();
    } catch (error) {
      complain(error);
    } finally {
      setBusy(false);
    }
  };
  const runAgain = () => act("The run goes on from where it failed.", () => retry(run.id));
  const line = model.step(selection.at);
  useKeys("Acts on this run", [
    { key: "c", says: "Cancel", run: () => may("cancel") && setAsked("cancel") },
    { key: "r", says: "Retry", run: () => may("retry") && void runAgain() },
    { key: "f", says: "Fork from here", run: () => may("fork") && setAsked("fork") },
    { key: "s", says: "Signal", run: () => may("signal") && signals.length > 0 && setAsked("signal") },
  ]);
  return (
    <div className="page-acts">
      {may("retry") && (
        <button type="button" className="button primary" disabled={isBusy} onClick={() => void runAgain()}>
          <Icon name="retry" /> Retry
        </button>
      )}
      {may("resume") && !WAITS.includes(run.status) && (
        <button type="button" className="button" disabled={isBusy} onClick={() => void act("The run is taken up.", () => resume(run.id))}>
          <Icon name="play" /> Resume
        </button>
      )}
      {may("signal") && signals.length > 0 && (
        <button type="button" className="button" onClick={() => setAsked("signal")}>
          <Icon name="signal" /> Signal
        </button>
      )}
      {may("fork") && (
        <button type="button" className="button" onClick={() => setAsked("fork")}>
          <Icon name="fork" /> Fork
        </button>
      )}
      {may("cancel") && (
        <button type="button" className="button danger" disabled={isBusy} onClick={() => setAsked("cancel")}>
          <Icon name="stop" /> Cancel
        </button>
      )}
      <More id={run.id} parent={run.parent} />
      {asked === "cancel" && (
        <CancelDialog onClose={() => setAsked(null)} onCancel={(reason) => void act("Cancelling was asked for.", () => cancel(run.id, reason))} />
      )}
      {asked === "signal" && (
        <SignalDialog
          names={signals}
          onClose={() => setAsked(null)}
          onSend={(name, payload) => void act(`Signal ${name} was sent.`, () => signal(run.id, name, payload))}
        />
      )}
      {asked === "fork" && (
        <ForkDialog
          known={known}
          at={selection.seq}
          line={line}
          onClose={() => setAsked(null)}
          onFork={(wanted) => void act("Forked.", async () => go(runHref((await fork(run.id, wanted)).id)))}
        />
      )}
    </div>
  );
}

function More({ id, parent }: { readonly id: string; readonly parent: string | null }) {
  const compare = `/compare?left=${encodeURIComponent(parent ?? id)}${parent ? `&right=${encodeURIComponent(id)}` : ""}`;
  return (
    <span className="run-more">
      <Link className="ghost" href={compare} title="Compare with another run">
        <Icon name="compare" /> <span>Compare</span>
      </Link>
      <a className="ghost" href={download(id, "report")} download title="Save a report: one HTML file with everything in it">
        <Icon name="audit" /> <span>Report</span>
      </a>
      <a className="ghost" href={download(id, "export")} download title="Export the journal as JSON lines">
        <Icon name="download" /> <span>Export</span>
      </a>
    </span>
  );
}
