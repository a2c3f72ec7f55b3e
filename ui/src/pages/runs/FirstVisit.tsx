import { useState } from "react";
import { startDemo } from "../../api/calls";
import { useHere } from "../../app/here";
import { go, Link, runHref } from "../../app/router";
import { complain } from "../../app/toasts";
import { ActButton, Forbidden } from "../../components/ActButton";
import { CopyButton } from "../../components/CopyButton";
import { Icon } from "../../components/Icon";

const COMMAND = "podium run podium.demo.visit:trip";

/** What is shown where there are no runs at all: how to get the first one. */
export function FirstVisit() {
  const { about } = useHere();
  const [isBusy, setBusy] = useState(false);
  const demo = () => {
    setBusy(true);
    startDemo()
      .then((row) => go(runHref(row.id)))
      .catch(complain)
      .finally(() => setBusy(false));
  };
  return (
    <section className="first" aria-labelledby="first-title">
      <Icon name="podium" />
      <h2 id="first-title">There are no runs yet</h2>
      <p className="faint">A run is one execution of a workflow. It is listed here the moment it begins, whoever starts it.</p>
      <ol className="first-ways">
        {about?.can_demo && (
          <li>
            <h3>Look at one</h3>
            <p className="faint">It books a trip, asks you before it pays, and undoes what it booked when it has to.</p>
            <ActButton className="button primary" disabled={isBusy} onClick={demo}>
              <Icon name="play" /> Run the demo
            </ActButton>
            <Forbidden />
          </li>
        )}
        {about !== null && about.workflows > 0 && (
          <li>
            <h3>Start one of yours</h3>
            <p className="faint">{about.workflows === 1 ? "One workflow is served here." : `${about.workflows} workflows are served here.`}</p>
            <Link className="button" href="/workflows">
              <Icon name="workflows" /> Choose a workflow
            </Link>
          </li>
        )}
        <li>
          <h3>In a terminal</h3>
          <p className="faint">In the folder that this server was started in, and with its --db where it was given one.</p>
          <p className="command">
            <code>{COMMAND}</code>
            <CopyButton text={COMMAND} label="Copy the command" />
          </p>
        </li>
      </ol>
    </section>
  );
}
