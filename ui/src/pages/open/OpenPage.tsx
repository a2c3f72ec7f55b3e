/** An exported journal, looked at as a run is, without its server: chosen or dropped here, kept nowhere. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { openJournal, type OpenedJournal } from "../../api/calls";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import { useKeys } from "../../app/keys";
import { Header } from "../../components/Header";
import { Icon } from "../../components/Icon";
import { RunView } from "../run/RunView";
import { journalSource } from "../run/source";
import "./open.css";

interface Opened {
  readonly name: string;
  readonly text: string;
  readonly journal: OpenedJournal;
}

/** What was opened last, for whoever comes back to the page. */
let kept: Opened | null = null;

export function OpenPage() {
  const [opened, setOpened] = useState<Opened | null>(kept);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isReading, setReading] = useState(false);
  const put = useCallback((next: Opened | null) => {
    kept = next;
    setOpened(next);
  }, []);
  const read = useCallback(
    async (file: File) => {
      setReading(true);
      setProblem(null);
      try {
        const text = await file.text();
        put({ name: file.name, text, journal: await openJournal(text) });
      } catch (error) {
        setProblem(asProblem(error));
      }
      setReading(false);
    },
    [put],
  );
  const isOver = useDropped(read);
  const source = useMemo(() => opened && journalSource(opened.journal, opened.text), [opened]);
  if (opened && source) {
    return (
      <>
        <p className="banner tone-waiting">
          <Icon name="open" />
          <span className="clip">Read from {opened.name}: to look at only, and kept nowhere.</span>
          <button type="button" className="button small" onClick={() => put(null)}>
            Open another
          </button>
        </p>
        <RunView key={`${opened.name} ${source.id}`} source={source} />
      </>
    );
  }
  return (
    <>
      <Header title="Open a journal" />
      <Choose isOver={isOver} isReading={isReading} problem={problem} onFile={(file) => void read(file)} />
    </>
  );
}

interface ChooseProps {
  readonly isOver: boolean;
  readonly isReading: boolean;
  readonly problem: Problem | null;
  readonly onFile: (file: File) => void;
}

function Choose({ isOver, isReading, problem, onFile }: ChooseProps) {
  const field = useRef<HTMLInputElement>(null);
  useKeys("Journal", [{ key: "o", says: "Choose a file", run: () => field.current?.click() }]);
  return (
    <div className={`drop ${isOver ? "is-over" : ""}`}>
      <Icon name="open" />
      <p className="empty-title">Drop an exported journal here</p>
      <p className="faint">
        A file of <code>podium runs export RUN</code>, or of “Export” on the page of a run. It is read, shown, and kept nowhere.
      </p>
      <label className="button primary drop-button">
        {isReading ? "Reading…" : "Choose a file"}
        <input
          ref={field}
          type="file"
          className="unseen"
          accept=".jsonl,.ndjson,.json,.txt"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            event.target.value = "";
            if (file) onFile(file);
          }}
        />
      </label>
      {problem && (
        <p className="drop-fault" role="alert">
          <Icon name="alert" /> {problem.detail || problem.title}
        </p>
      )}
    </div>
  );
}

/** Take a file that is dropped anywhere on the page; tells whether one is held above it. */
function useDropped(take: (file: File) => Promise<void>): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void take(file);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", left);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", left);
      window.removeEventListener("drop", drop);
    };
  }, [take]);
  return isOver;
}
