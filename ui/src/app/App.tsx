/** The frame around every page. */

import { useEffect, useRef } from "react";
import { Icon } from "../components/Icon";
import { ErrorBoundary } from "./ErrorBoundary";
import { HereProvider, useHere } from "./here";
import { useKeys } from "./keys";
import { leave, Overlays } from "./Overlays";
import { ROUTES, type Route } from "./pages";
import { go, Link, matched, usePath } from "./router";
import { chooseTheme, useTheme, type Theme } from "./theme";
import { Toasts } from "./toasts";

export function App() {
  return (
    <HereProvider>
      <Frame />
      <Overlays />
      <Toasts />
    </HereProvider>
  );
}

function Frame() {
  const path = usePath();
  const [route, params] = routed(path);
  const { tasks } = useHere();
  const main = useRef<HTMLElement>(null);
  const title = route ? route.title : "Not found";
  useEffect(() => {
    const name = params["id"] ?? params["name"];
    document.title = `${tasks ? `(${tasks}) ` : ""}${name ? `${name} · ` : ""}${title} · Podium`;
  }, [title, tasks, path]);
  useKeys(
    "Go to",
    ROUTES.flatMap((one) =>
      one.nav ? [{ key: `g ${one.nav.key}`, says: one.title, run: () => go(one.pattern) }] : [],
    ),
  );
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Side current={route?.under ?? route?.pattern ?? ""} />
      <main id="main" ref={main} tabIndex={-1}>
        <Lost />
        <ErrorBoundary of={path}>{route ? <route.page key={path} params={params} /> : <NotFound />}</ErrorBoundary>
      </main>
    </div>
  );
}

function routed(path: string): [Route | null, Readonly<Record<string, string>>] {
  for (const route of ROUTES) {
    const params = matched(route.pattern, path);
    if (params) return [route, params];
  }
  return [null, {}];
}

function Side({ current }: { readonly current: string }) {
  const here = useHere();
  return (
    <header className="side">
      <Link href="/" className="brand" aria-label="Podium: all runs">
        <Icon name="podium" />
        <span>Podium</span>
      </Link>
      <nav aria-label="Pages">
        {ROUTES.map((route) => {
          if (!route.nav || (route.isAdmin && !here.isAdmin)) return null;
          const badge = route.nav.badge ? here[route.nav.badge] : 0;
          return (
            <Link key={route.pattern} href={route.pattern} aria-current={route.pattern === current ? "page" : undefined}>
              <Icon name={route.nav.icon} />
              <span className="nav-name">{route.title}</span>
              {badge > 0 && (
                <span className={`badge badge-${route.nav.badge}`}>
                  {badge}
                  <span className="unseen"> waiting</span>
                </span>
              )}
            </Link>
          );
        })}
      </nav>
      <div className="side-foot">
        <ThemeButton />
        <Who />
      </div>
    </header>
  );
}

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

function ThemeButton() {
  const theme = useTheme();
  return (
    <button
      type="button"
      className="ghost wide"
      title="Colours: system, light, dark"
      aria-label={`Colours: ${theme}; change to ${NEXT[theme]}`}
      onClick={() => chooseTheme(NEXT[theme])}
    >
      <Icon name={theme === "dark" ? "moon" : theme === "light" ? "sun" : "screen"} />
      <span className="nav-name">{theme === "system" ? "As the system" : theme === "dark" ? "Dark" : "Light"}</span>
    </button>
  );
}

function Who() {
  const { about, again } = useHere();
  if (!about) return null;
  return (
    <p className="who" title={`Podium ${about.version} over ${about.engine}`}>
      <span className="who-name">{about.user}</span>
      <span className="faint">
        {about.scope} · {about.engine}
      </span>
      {about.has_tokens && (
        <button type="button" className="ghost small leave" onClick={() => leave(again)}>
          Log out
        </button>
      )}
    </p>
  );
}

/** Said while the server can not be heard: what is shown may be old. */
function Lost() {
  const { link } = useHere();
  if (link !== "lost") return null;
  return (
    <div className="banner tone-parked" role="status">
      <Icon name="alert" />
      <span>The server is not answering. What you see may be out of date; it goes on by itself when the server is back.</span>
    </div>
  );
}

function NotFound() {
  return (
    <section className="page-failed">
      <h1>There is no page here</h1>
      <p>
        <Link href="/">All runs</Link>
      </p>
    </section>
  );
}
