// What the program answers (docs/formats/console-api.md, analysis.md, session.md, alert.md). Absent means not known.
// Every text in here may come from the wire: hostile, to be shown with <Hostile> alone.

export interface SignedIn {
  user: string;
  csrf: string;
  version: string;
  needs_login: boolean;
  read_only: boolean;
  patterns: "none" | "read" | "write";
  whois: boolean;
}
export interface SignedOut {
  needs_login: true;
  has_users: boolean;
  has_token: boolean;
}
export type Session = SignedIn | SignedOut;

export interface Page<Row> {
  rows: Row[];
  next?: string;
  total?: number;
}

export type Severity = "low" | "medium" | "high";
export type Status = "new" | "sanctioned" | "confirmed";
export type Kind = "get-post" | "connect" | "ssl" | "websocket" | "other";

export interface FindingRow {
  finding_id: string;
  destination: string;
  kind: string;
  score: number;
  severity: string;
  status: string;
  application?: string;
  class?: string;
  sessions: number;
  clients: number;
  first: string;
  last: string;
  current?: boolean;
  assignee?: string;
  notes?: number;
  evidence?: string;
}
export interface FindingGroupRow {
  key: string;
  findings: number;
  sessions: number;
  highest_score: number;
}

export interface Evidence {
  code: string;
  text: string;
  weight: number;
  observed?: number;
  expected?: number;
}
export interface LengthFeature {
  dir: string;
  length: number;
  count: number;
  sessions?: number;
}
export interface StringFeature {
  dir: string;
  message?: number;
  offset: number;
  hex: string;
  text?: string;
  count: number;
  sessions?: number;
}
export interface Clue {
  source: string;
  value: string;
}
// As in the analysis document.
export interface Finding {
  finding_id: string;
  destination: string;
  destinations?: string[];
  kind: string;
  clients?: string[];
  clients_count?: number;
  user_agents?: string[];
  user_agents_count?: number;
  cipher_lists?: string[];
  ja4s?: string[];
  sessions: number;
  first: string;
  last: string;
  score: number;
  severity: string;
  evidence?: Evidence[];
  features?: { lengths?: LengthFeature[]; strings?: StringFeature[] };
  application?: { name?: string; class?: string; confidence?: number; clues?: Clue[] };
  next_steps?: { search?: string; ask?: string };
  patterns?: string[];
  status: string;
  sanction?: unknown;
}
export interface Decision {
  status?: string;
  owner?: string;
  reason?: string;
  expires?: string;
  by?: string;
  time?: string;
}
export interface Note {
  id: number;
  time: string;
  by: string;
  text: string;
}
export interface AuditRow {
  time: string;
  user: string;
  address?: string;
  action: string;
  subject?: string;
  detail?: string;
}
export interface Timeline {
  from: string;
  to: string;
  clients: { client: string; sessions: number[] }[];
  cut?: boolean;
}
export interface FindingAnswer {
  finding: Finding;
  row: FindingRow;
  decision?: Decision;
  own_name?: string;
  notes?: Note[];
  history?: AuditRow[];
  timeline?: Timeline;
  allow_entry?: string;
}

// The line of docs/formats/session.md, as far as pages use it.
export interface SessionLine {
  session_id: string;
  start: string;
  end: string;
  client_ip: string;
  client_port?: number;
  server_ip: string;
  server_port?: number;
  client_forwarded?: string;
  kind: string;
  destination?: string;
  user_agent?: string;
  [key: string]: unknown;
}
export interface SessionRow {
  session_id: string;
  start: string;
  end: string;
  client: string;
  destination?: string;
  kind: string;
  user_agent?: string;
  inner_protocol?: string;
  ja4?: string;
  exchanges_up?: number;
  exchanges_down?: number;
  bytes_up?: number;
  bytes_down?: number;
  line: SessionLine;
}
export interface ClientRow {
  client: string;
  user_agent?: string; // absent: its requests had none
  sessions: number;
  bytes_up?: number;
  bytes_down?: number;
  first: string;
  last: string;
  verdict?: string;
  score?: number;
}
export interface VerdictRow {
  time: string;
  client: string;
  user_agent?: string;
  host: string;
  verdict: string;
  score?: number;
  evidence?: string[];
}
export interface ChallengeRow {
  hour: string;
  last?: string;
  client: string;
  user_agent?: string;
  host: string;
  state: string;
  reason?: string;
  count: number;
}
export interface AlertRow {
  id: number;
  alert_id: string;
  time: string;
  kind: string;
  severity: string;
  score?: number;
  pattern_id?: string;
  pattern_name?: string;
  finding_id?: string;
  application?: string;
  verdict?: string;
  session_id?: string;
  community_id?: string;
  client_ip?: string;
  client_port?: number;
  server_ip?: string;
  server_port?: number;
  client_forwarded?: string;
  destination?: string;
  user_agent?: string;
  clients?: string[];
  sentences?: string[];
}
export interface PatternRow {
  id: string;
  name?: string;
  application?: string;
  author?: string;
  date?: string;
  source_finding?: string;
  note?: string;
  candidate?: boolean;
  rates?: { service_sessions: number; service_hits: number; ordinary_sessions: number; ordinary_hits: number };
}
export interface PatternAnswer {
  id: string;
  text: string;
  row?: PatternRow;
}
export interface Preview {
  error?: string;
  sessions?: number;
  hits?: number;
  service_hits?: number;
  service_sessions?: number;
  examples?: { line: SessionLine; reasons: string[] }[];
}
export type GroupBy = "destination" | "user_agent" | "cipher_suites" | "ja4" | "registrable_domain";
export interface GroupRow {
  key: string;
  sessions: number;
  clients?: number;
  destinations?: number;
  user_agents?: number;
  cipher_lists?: number;
  bytes_up?: number;
  bytes_down?: number;
  ja3?: string;
  ja4?: string;
  first?: string;
  last?: string;
}

export interface Totals {
  sessions: number;
  first?: string;
  last?: string;
  findings_new: number;
  findings_sanctioned: number;
  findings_confirmed: number;
  alerts: number;
}
export interface Hour {
  hour: string;
  "get-post"?: number;
  connect?: number;
  ssl?: number;
  websocket?: number;
  other?: number;
  bytes_up?: number;
  bytes_down?: number;
  analysed_connect?: number;
  analysed_ssl?: number;
}
export interface Sensor {
  sensor_id: string;
  kind: string;
  host?: string;
  input?: string;
  version?: string;
  started?: string;
  seen?: string;
  ended?: boolean;
  silent?: boolean;
  counters?: Record<string, number>;
  drops?: number;
}
export interface Overview {
  now: string;
  last_look?: string;
  totals: Totals;
  new_findings?: FindingRow[];
  new_alerts?: number;
  table1?: { connect?: number; ssl?: number; min_exchanges?: number };
  by_kind?: Partial<Record<Kind, number>>;
  hours?: Hour[];
  sensors?: Sensor[];
}
