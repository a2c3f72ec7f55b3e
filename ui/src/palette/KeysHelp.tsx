import { useKeyList, type Key } from "../app/keys";
import { Dialog } from "../components/Dialog";
import "./palette.css";

const NAMES: Readonly<Record<string, string>> = { mod: /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl", Escape: "Esc" };

/** Every key that does something on this page. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const groups = useKeyList();
  const byTitle = new Map<string, Key[]>();
  for (const group of inOrder(groups)) byTitle.set(group.title, [...(byTitle.get(group.title) ?? []), ...group.keys]);
  return (
    <Dialog title="Keys" onClose={onClose} isWide>
      <div className="keys-help">
        {[...byTitle].map(([title, keys]) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map((key) => (
                <div key={key.key + key.says}>
                  <dt>{key.says}</dt>
                  <dd>{strokes(key.key).map((stroke, at) => <kbd key={at}>{stroke}</kbd>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** The page's own keys first, those of every page last. */
function inOrder<G extends { readonly title: string }>(groups: readonly G[]): readonly G[] {
  const rank = ({ title }: G) => ["Go to", "Everywhere"].indexOf(title);
  return [...groups].sort((one, other) => rank(one) - rank(other));
}

/** `g r` is two strokes after one another, `mod+k` two at once. */
function strokes(key: string): string[] {
  return key.split(" ").flatMap((stroke) => (stroke.length > 1 ? stroke.split("+") : [stroke])).map((stroke) => NAMES[stroke] ?? stroke);
}
