import { useMemo, useState } from "react";
import { answer } from "../../api/calls";
import { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import type { TaskRow } from "../../api/views";
import { useKeys } from "../../app/keys";
import { Link, runHref } from "../../app/router";
import { say } from "../../app/toasts";
import { Forbidden, useForbidden } from "../../components/ActButton";
import { Countdown } from "../../components/Countdown";
import { Icon } from "../../components/Icon";
import { Reading } from "../../components/Reading";
import { Time } from "../../components/Time";
import { AnswerForm } from "./AnswerForm";
import { choicesOf, type Choice } from "./choices";

interface Props {
  readonly task: TaskRow;
  /** It is answered, or was not open any more. */
  readonly onGone: () => void;
}

/** One question: what it is about, until when, and the ways to answer. */
export function Task({ task, onGone }: Props) {
  const choices = useMemo(() => choicesOf(task), [task]);
  const [chosen, setChosen] = useState<string | null>(choices.length === 1 ? (choices[0]?.name ?? null) : null);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isForbidden = useForbidden() !== "";
  const choose = (choice: Choice) => !isForbidden && setChosen(choice.name);
  useKeys("Question", choices.map((choice) => ({ key: choice.key, says: choice.word, run: () => choose(choice) })));
  const send = async (choice: Choice, text: string, reason: string) => {
    setBusy(true);
    try {
      await answer({ run_id: task.run_id, path: task.path, ...(reason ? { reason } : {}) }, text);
      say(`Answered: ${choice.word.toLowerCase()}, ${task.run_id}`);
      onGone();
    } catch (error) {
      setRefused(asProblem(error));
      setBusy(false);
    }
  };
  const choice = choices.find((one) => one.name === chosen);
  return (
    <article className="task" aria-labelledby="task-title">
      <TaskHead task={task} />
      {refused && <NotTaken problem={refused} onGone={onGone} />}
      <section className="task-context" aria-label="What it is about">
        {task.is_approval && task.args ? <Reading value={task.args} label={`Arguments of ${task.tool}`} /> : <Reading value={task.context} label="Context" />}
      </section>
      <section className="task-answer" aria-label="Answer">
        <Forbidden />
        {choices.length > 1 && <Choices choices={choices} chosen={chosen} isOff={isForbidden || isBusy} onChoose={choose} />}
        {choice && (
          <AnswerForm
            key={choice.name}
            choice={choice}
            task={task}
            isBusy={isBusy || isForbidden}
            onSend={(text, reason) => void send(choice, text, reason)}
          />
        )}
      </section>
    </article>
  );
}

function TaskHead({ task }: { readonly task: TaskRow }) {
  return (
    <header className="task-head">
      <h2 id="task-title">{task.title || `What is the answer at ${task.path}?`}</h2>
      <p className="task-facts">
        {task.is_approval && (
          <span>
            Before <code>{task.tool}</code> is called
          </span>
        )}
        <span>
          <Link href={runHref(task.run_id, { at: task.path })}>{task.run_id}</Link> <span className="faint">at</span> <code>{task.path}</code>
        </span>
        <span className="faint">{task.workflow}</span>
        <span className="faint">
          asked <Time at={task.asked_at} isAgo />
        </span>
        <Countdown until={task.until} before="answer within " />
      </p>
    </header>
  );
}

function Choices(props: { readonly choices: readonly Choice[]; readonly chosen: string | null; readonly isOff: boolean; readonly onChoose: (choice: Choice) => void }) {
  return (
    <div className="choices" role="group" aria-label="Ways to answer">
      {props.choices.map((choice) => (
        <button
          key={choice.name}
          type="button"
          className={`button answer-choice tone-${choice.tone}`}
          aria-pressed={props.chosen === choice.name}
          aria-keyshortcuts={choice.key}
          disabled={props.isOff}
          onClick={() => props.onChoose(choice)}
        >
          {choice.word} <kbd aria-hidden="true">{choice.key}</kbd>
        </button>
      ))}
    </div>
  );
}

/** Why an answer was not taken, and what to do: 409 is somebody else's answer, or its time. */
function NotTaken({ problem, onGone }: { readonly problem: Problem; readonly onGone: () => void }) {
  const isGone = problem.status === 409 || problem.status === 404;
  return (
    <div className="banner tone-failed" role="alert">
      <Icon name="alert" />
      <span>
        <strong>{isGone ? "Your answer came too late." : "Your answer was not taken."}</strong> {problem.detail || problem.title}
      </span>
      {isGone && (
        <button type="button" className="button small" onClick={onGone}>
          Next question
        </button>
      )}
    </div>
  );
}
