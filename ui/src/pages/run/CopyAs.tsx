/** What was called, to be called again elsewhere: as a command, as Python, as a test. */

import { copied, type CopyForm } from "../../api/calls";
import { CopyButton } from "../../components/CopyButton";
import type { RunSource } from "./source";

const FORMS: readonly (readonly [CopyForm, string])[] = [
  ["curl", "curl"],
  ["python", "Python"],
  ["pytest", "pytest"],
];

export function CopyAs({ source, address }: { readonly source: RunSource; readonly address: string }) {
  if (source.isOffline) return null;
  return (
    <p className="copy-as">
      <span className="label">Copy as</span>
      {FORMS.map(([form, words]) => (
        <CopyButton key={form} text={() => copied(source.id, form, address)} label={`Copy as ${words}`} words={words} />
      ))}
    </p>
  );
}
