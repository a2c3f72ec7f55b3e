import { useState } from "react";
import { bulk, type BulkDone } from "../../api/calls";
import { useKeys } from "../../app/keys";
import { Link } from "../../app/router";
import { complain, say } from "../../app/toasts";
import { ActButton, Forbidden, useForbidden } from "../../components/ActButton";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { ReasonDialog } from "../../components/ReasonDialog";

type Act = "retry" | "cancel";

const AT_ONCE = 1_000;
const LISTED = 5;

interface Props {
  readonly ids: readonly string[];
  readonly onClear: () => void;
}

/** What can be done to the selected runs, and what became of each. */
export function BulkBar({ ids, onClear }: Props) {
  const [act, setAct] = useState<Act | null>(null);
  const [done, setDone] = useState<{ act: Act; outcome: BulkDone } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isForbidden = useForbidden() !== "";
  const ask = (which: Act) => () => {
    if (!isForbidden) setAct(which);
  };
  useKeys("Selected runs", [
    { key: "R", says: "Retry the selected runs", run: ask("retry") },
    { key: "C", says: "Cancel the selected runs", run: ask("cancel") },
    { key: "Escape", says: "Select none", run: onClear },
  ]);
  const send = async (which: Act, reason: string) => {
    setBusy(true);
    try {
      const outcome = await inParts(which, ids, reason);
      setDone({ act: which, outcome });
      if (Object.keys(outcome.refused).length === 0) say(`${counted(outcome.done.length)} ${which === "retry" ? "sent on" : "called off"}`);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
    setAct(null);
  };
  const hasRefused = done !== null && Object.keys(done.outcome.refused).length > 0;
  return (
    <div className="bulk" role="region" aria-label="Selected runs">
      <strong className="number">{counted(ids.length)} selected</strong>
      <ActButton className="button small" onClick={ask("retry")}>
        <Icon name="retry" /> Retry
      </ActButton>
      <ActButton className="button small danger" onClick={ask("cancel")}>
        <Icon name="stop" /> Cancel
      </ActButton>
      {ids.length === 2 && (
        <Link className="button small" href={compareHref(ids)}>
          <Icon name="compare" /> Compare
        </Link>
      )}
      <button type="button" className="ghost small" onClick={onClear}>
        Select none
      </button>
      <Forbidden />
      {act && (
        <ReasonDialog
          title={act === "retry" ? `Retry ${counted(ids.length)}?` : `Cancel ${counted(ids.length)}?`}
          act={act === "retry" ? "Retry" : "Cancel the runs"}
          isDanger={act === "cancel"}
          isBusy={isBusy}
          onClose={() => setAct(null)}
          onSend={(reason) => void send(act, reason)}
        >
          <Names ids={ids} act={act} />
        </ReasonDialog>
      )}
      {hasRefused && <Outcome {...done} onClose={() => setDone(null)} />}
    </div>
  );
}

function Names({ ids, act }: { readonly ids: readonly string[]; readonly act: Act }) {
  const means = act === "retry" ? "Each goes on from the step that failed." : "What each has written is undone where its workflow says how.";
  return (
    <div className="stack">
      <p>{means}</p>
      <ul className="names mono">
        {ids.slice(0, LISTED).map((id) => (
          <li key={id} className="clip">
            {id}
          </li>
        ))}
        {ids.length > LISTED && <li className="faint">and {ids.length - LISTED} more</li>}
      </ul>
    </div>
  );
}

function Outcome({ act, outcome, onClose }: { readonly act: Act; readonly outcome: BulkDone; readonly onClose: () => void }) {
  const refused = Object.entries(outcome.refused);
  return (
    <Dialog title={`${counted(outcome.done.length)} ${act === "retry" ? "sent on" : "called off"}, ${refused.length} refused`} onClose={onClose} isWide>
      <dl className="refusals">
        {refused.map(([id, why]) => (
          <div key={id}>
            <dt className="mono">{id}</dt>
            <dd>{why}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-acts">
        <button type="button" className="button primary" autoFocus onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function compareHref([left = "", right = ""]: readonly string[]): string {
  return `/compare?${new URLSearchParams({ left, right })}`;
}

async function inParts(act: Act, ids: readonly string[], reason: string): Promise<BulkDone> {
  const done: string[] = [];
  const refused: Record<string, string> = {};
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const part = await bulk(act, ids.slice(at, at + AT_ONCE), reason);
    done.push(...part.done);
    Object.assign(refused, part.refused);
  }
  return { done, refused };
}

function counted(runs: number): string {
  return runs === 1 ? "1 run" : `${runs.toLocaleString("en")} runs`;
}
