// Links from what was counted to the sessions that were (docs/formats/console-api.md, /api/sessions).
import { linkTo } from "../../lib/filters";
import type { GroupBy } from "../../types";
import { startOfSession } from "./alert_list";

export const kGroupings: readonly GroupBy[] = [
  "destination",
  "user_agent",
  "cipher_suites",
  "ja4",
  "registrable_domain",
];

export function isGrouping(text: string | undefined): text is GroupBy {
  return kGroupings.includes(text as GroupBy);
}

// No link where the key cannot be asked for: an empty one would mean "any", and of a long one the table has
// a hash in place of the end.
export function sessionsOfGroup(by: GroupBy, key: string): string | undefined {
  if (key === "" || /…[0-9a-f]{16}$/.test(key)) return undefined;
  return linkTo("/sessions", { [by]: key });
}

export function clientPath(client: string, userAgent?: string): string {
  return linkTo(`/clients/${encodeURIComponent(client)}`, { user_agent: userAgent });
}

export interface WithUserAgent {
  client: string;
  user_agent?: string;
}

// Of one row of the client list: no User-Agent is one, too.
export function clientRowPath(row: WithUserAgent): string {
  if (row.user_agent !== undefined) return clientPath(row.client, row.user_agent);
  return linkTo(`/clients/${encodeURIComponent(row.client)}`, { no_user_agent: "1" });
}

// A segment of our own paths: what encodeURIComponent made, and the router half undid.
export function textOfSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

interface AlertOfSession {
  session_id?: string;
  client_ip?: string;
  client_forwarded?: string;
  destination?: string;
}

export const clientOfAlert = (alert: AlertOfSession): string | undefined => alert.client_forwarded ?? alert.client_ip;

// The list in which an alert's session stands, told open. Sessions are asked for by their end, which is not
// before their start.
export function sessionOfAlert(alert: AlertOfSession): string | undefined {
  const start = startOfSession(alert.session_id);
  if (start === undefined) return undefined;
  return linkTo("/sessions", {
    client: clientOfAlert(alert),
    destination: alert.destination,
    from: start.toISOString(),
    open: alert.session_id,
  });
}

// What a date field or a link holds, as the program wants it: a day is the day of the reader's clock, from its
// first moment or to its last. What is no time goes on as it is, for the program to refuse.
export function timeFor(value: string | undefined, end: "first" | "last"): string | undefined {
  if (value === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  const time = new Date(`${value}T${end === "first" ? "00:00:00.000" : "23:59:59.999"}`);
  return Number.isNaN(time.getTime()) ? value : time.toISOString();
}
