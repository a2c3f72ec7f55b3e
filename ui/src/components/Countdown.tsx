import { Icon } from "./Icon";
import { useNow } from "./Time";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SOON_MS = 2 * MINUTE;

/** Return what is left of a time, in its two largest units: `4 min 12 s`. */
export function left(ms: number): string {
  if (ms < MINUTE) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / 1_000)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** What is left until a deadline, counting down; in another colour, and with another icon, when it is near. */
export function Countdown({ until, before = "" }: { readonly until: number | null; readonly before?: string }) {
  const now = useNow(until !== null);
  if (until === null) return <span className="faint">no deadline</span>;
  const rest = until - now;
  const tone = rest <= 0 ? "is-failed" : rest < SOON_MS ? "is-parked" : "";
  return (
    <time className={`countdown number ${tone}`} dateTime={new Date(until).toISOString()} title={new Date(until).toISOString()}>
      <Icon name={rest < SOON_MS ? "alert" : "clock"} />
      {rest <= 0 ? "time is up" : `${before}${left(rest)}`}
    </time>
  );
}
