/** Asks for a token, makes a session of it, and goes back to where somebody came from. */

import { useId, useState, type FormEvent } from "react";
import { logIn } from "../../api/calls";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import { useHere } from "../../app/here";
import { go, useQuery } from "../../app/router";
import { Icon } from "../../components/Icon";
import "./login.css";

export function LoginPage() {
  const here = useHere();
  const [query] = useQuery();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    logIn(token.trim())
      .then(() => {
        here.again();
        go(placeWithin(query.get("next")), { replace: true });
      })
      .catch((error: unknown) => {
        setProblem(asProblem(error));
        setToken("");
        setBusy(false);
      });
  };
  return (
    <div className="login">
      <form className="login-card" onSubmit={send} aria-labelledby={`${id}:title`}>
        <Icon name="podium" />
        <h1 id={`${id}:title`}>Log in to Podium</h1>
        <p className="faint">
          With a token of this server. Whoever runs it makes one with <code>podium tokens add</code>.
        </p>
        {problem && (
          <p className="field-fault" role="alert">
            {problem.status === 401 || problem.status === 403 ? "This token is not known here, or its time is over." : problem.message}
          </p>
        )}
        <div className="field">
          <label htmlFor={id}>Token</label>
          <input id={id} type="password" autoFocus required autoComplete="current-password" value={token} onChange={(event) => setToken(event.target.value)} />
        </div>
        <button type="submit" className="button primary" disabled={isBusy}>
          Log in
        </button>
      </form>
    </div>
  );
}

/** An address of ours, whatever the query says: never another site's. */
export function placeWithin(next: string | null): string {
  if (!next) return "/";
  const found = new URL(next, location.origin);
  const isOurs = next.startsWith("/") && found.origin === location.origin && found.pathname !== "/login";
  return isOurs ? found.pathname + found.search : "/";
}
