// The rows of the alert page: what was asked for once, and what came in since.

export interface AlertKey {
  id: number;
  kind: string;
  severity: string;
  destination?: string;
  pattern_id?: string;
  finding_id?: string;
}

export const kAlertFilters = ["q", "kind", "severity", "pattern_id", "finding_id"] as const;
export type AlertFilter = Partial<Record<(typeof kAlertFilters)[number], string>>;

// More would come in than anybody scrolls through; older ones are a reload away.
export const kLiveRows = 2000;

const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

// As the server filters (docs/formats/console-api.md): live events come unfiltered.
export function passes(alert: AlertKey, filter: AlertFilter): boolean {
  const is = (want: string | undefined, have: string | undefined) => !want || want === have;
  return (
    is(filter.kind, alert.kind) &&
    is(filter.severity, alert.severity) &&
    is(filter.pattern_id, alert.pattern_id) &&
    is(filter.finding_id, alert.finding_id) &&
    (!filter.q || lower(alert.destination ?? "").includes(lower(filter.q)))
  );
}

// Newest first, each once. `before` is so already.
export function withNew<Row extends AlertKey>(before: readonly Row[], news: readonly Row[]): Row[] {
  const known = new Set(before.map((row) => row.id));
  const fresh = new Map<number, Row>();
  for (const row of news) if (!known.has(row.id)) fresh.set(row.id, row);
  const rows = [...[...fresh.values()].sort((a, b) => b.id - a.id), ...before];
  return rows.length > kLiveRows ? rows.slice(0, kLiveRows) : rows;
}

// The time in a session id (docs/formats/session.md): microseconds after the last "-".
export function startOfSession(sessionId: string | undefined): Date | undefined {
  const micros = /-(\d{10,17})$/.exec(sessionId ?? "")?.[1];
  return micros === undefined ? undefined : new Date(Math.floor(Number(micros) / 1000));
}
