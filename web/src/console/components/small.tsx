// Small pieces that tables and pages are made of.
import type { ComponentChildren } from "preact";
import { ApiError } from "../api";
import { labelOf, useCommon } from "../i18n";
import { agoOf, bytesText, countText, localTime, utcTime, type TimePrecision } from "../lib/format";
import { plainOf } from "../lib/hostile";
import { Hostile } from "./hostile";

// Local time, UTC in the title. What is no time is shown as it is.
export function Time({ value, precision = "minute" }: { value: string | undefined; precision?: TimePrecision }) {
  if (!value) return null;
  const local = localTime(value, precision);
  if (local === undefined) return <Hostile text={value} inline />;
  return (
    <time class="time" dateTime={value} title={utcTime(value)}>
      {local}
    </time>
  );
}

// "3 min ago", the time itself in the title. `now`: the program's, so that a wrong clock here does not matter.
export function Ago({ value, now }: { value: string | undefined; now: string | undefined }) {
  const t = useCommon();
  if (!value) return null;
  const ago = agoOf(value, now ? new Date(now).getTime() : Date.now());
  if (!ago) return <Hostile text={value} inline />;
  const text = ago.unit === "now" ? t.ago.now : t.ago[ago.unit](ago.n);
  return (
    <time class="time" dateTime={value} title={`${localTime(value)} (${utcTime(value)})`}>
      {text}
    </time>
  );
}

export const Count = ({ value }: { value: number | undefined }) => <span class="number">{countText(value ?? 0)}</span>;
export const Bytes = ({ value }: { value: number | undefined }) => (
  <span class="number" title={`${countText(value ?? 0)} bytes`}>
    {bytesText(value ?? 0)}
  </span>
);

const kLevels = ["high", "medium", "low"];
export function Severity({ value }: { value: string | undefined }) {
  const t = useCommon();
  if (!value) return null;
  const level = kLevels.includes(value) ? value : "unknown";
  return <span class={`badge severity-${level}`}>{plainOf(labelOf(t.words.severity, value), 40)}</span>;
}

export function Status({ value }: { value: string | undefined }) {
  const t = useCommon();
  if (!value) return null;
  const known = ["new", "sanctioned", "confirmed"].includes(value) ? value : "unknown";
  return <span class={`badge status-${known}`}>{plainOf(labelOf(t.words.status, value), 40)}</span>;
}

export function KindLabel({ value }: { value: string | undefined }) {
  const t = useCommon();
  return value ? <span>{plainOf(labelOf(t.words.kind, value), 40)}</span> : null;
}

// 0 to 1 as a bar, its length also as a number.
export function Score({ value }: { value: number | undefined }) {
  const score = Math.min(1, Math.max(0, value ?? 0));
  const level = score >= 0.8 ? "high" : score >= 0.5 ? "medium" : "low";
  return (
    <span class="score">
      <span class="score-bar" aria-hidden="true">
        <span class={`score-fill score-${level}`} style={{ width: `${score * 100}%` }} />
      </span>
      <span class="number">{score.toFixed(2)}</span>
    </span>
  );
}

// A User-Agent: absent, empty and given are three different things.
export function UserAgent({ value, inline = true }: { value: string | undefined; inline?: boolean }) {
  const t = useCommon();
  if (value === undefined) return <span class="dim">{t.noUserAgent}</span>;
  if (value === "") return <span class="dim">{t.emptyUserAgent}</span>;
  return <Hostile text={value} inline={inline} most={300} />;
}

export function errorText(t: ReturnType<typeof useCommon>, error: ApiError): string {
  const known = labelOf(t.errors, error.code);
  if (known === error.code) return `${t.state.failed} (${plainOf(error.message, 300)})`;
  const tellsMore = error.code === "bad-request" || error.code === "failed";
  return tellsMore ? `${known}: ${plainOf(error.message, 300)}` : known;
}

export function ErrorBox({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  const t = useCommon();
  return (
    <div class="error-box" role="alert">
      <p>{errorText(t, error)}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {t.state.retry}
        </button>
      )}
    </div>
  );
}

export function Loading() {
  const t = useCommon();
  return (
    <p class="loading" role="status">
      {t.state.loading}
    </p>
  );
}

// What an answer is: asked for, failed, or there.
export function Answer<Data>(props: {
  asked: { data: Data | undefined; error: ApiError | undefined; loading: boolean; reload: () => void };
  children: (data: Data) => ComponentChildren;
}) {
  const { data, error, loading, reload } = props.asked;
  return (
    <>
      {error && <ErrorBox error={error} onRetry={reload} />}
      {data === undefined ? loading && <Loading /> : props.children(data)}
    </>
  );
}

// The head of a page: one <h1>, what belongs beside it.
export function PageHead({ title, children }: { title: ComponentChildren; children?: ComponentChildren }) {
  return (
    <header class="page-head">
      <h1>{title}</h1>
      {children && <div class="page-tools">{children}</div>}
    </header>
  );
}

// A part of a page with its heading.
export function Section(props: {
  title: ComponentChildren;
  id?: string;
  tools?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="section" id={props.id}>
      <div class="section-head">
        <h2>{props.title}</h2>
        {props.tools}
      </div>
      {props.children}
    </section>
  );
}
