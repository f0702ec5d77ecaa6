// The data of a report (schema mogura.report/1, docs/formats/report.md), as the page uses it.
import type { ByteRun, LengthRow, TimelineRow } from "../charts";

export interface Input {
  path: string;
  format?: string;
  packets: number;
  bytes: number;
  first?: string;
  last?: string;
  errors: string[];
}

export interface Group {
  key: string;
  sessions: number;
  clients: number;
  user_agents?: number;
  destinations?: number;
  cipher_lists?: number;
  bytes_up?: number;
  bytes_down?: number;
  first?: string;
  last?: string;
  ja3?: string;
  ja4?: string;
}

export type GroupTable = "destination" | "user_agent" | "cipher_suites" | "ja4" | "registrable_domain";
export type Measure = "clients" | "user_agents" | "destinations" | "cipher_lists";

export interface Evidence {
  code: string;
  text: string;
  weight: number;
  observed?: number;
  expected?: number;
}

export interface Finding {
  finding_id: string;
  destination: string;
  destinations?: string[];
  kind: string;
  clients: string[];
  clients_count: number;
  user_agents: string[];
  user_agents_count: number;
  cipher_lists?: string[];
  ja4s?: string[];
  sessions: number;
  first: string;
  last: string;
  score: number;
  severity: "low" | "medium" | "high";
  evidence: Evidence[];
  features: { lengths: LengthRow[]; strings: ByteRun[] };
  application?: { name?: string; class: string; confidence: number; clues: { source: string; value: string }[] };
  next_steps?: { search?: string; ask?: string };
  patterns: string[];
  status: string;
  sanction?: string;
}

export interface Analysis {
  version: string;
  inputs: Input[];
  sessions: {
    total: number;
    by_kind: Record<string, number>;
    by_method: Record<string, number>;
    analysed: { min_exchanges: number; total: number; connect: number; ssl: number };
  };
  groups: Record<GroupTable, Group[]>;
  findings: Finding[];
  counters: Record<string, number | Record<string, number>>;
}

interface SparseTimeline {
  from: string;
  to: string;
  slices: number;
  clients: { client: string; sessions: number; cells: number[] }[]; // cells: number of slice, sessions, …
  cut: boolean;
}

export interface Candidate {
  id: string;
  text: string;
}

export interface Details {
  timeline?: SparseTimeline;
  candidates: Candidate[];
}

export interface Report {
  schema: string;
  written: string;
  learned_into?: string;
  left_out: { inputs: number; findings: number; details: number };
  analysis: Analysis;
  details: Details[];
}

export const kLookAt = 0.5; // findings of this score and above

export function readReport(): Report {
  return JSON.parse(document.getElementById("data")?.textContent ?? "") as Report;
}

export function timelineRows(timeline: SparseTimeline): TimelineRow[] {
  return timeline.clients.map(({ client, sessions: total, cells }) => {
    const sessions = new Array<number>(timeline.slices).fill(0);
    for (let i = 0; i + 1 < cells.length; i += 2) sessions[cells[i]!] = cells[i + 1]!;
    return { client, sessions, total };
  });
}

// Names that hold a destination: its own, and those of the program that it stands for.
export function destinationsOf(finding: Finding): string[] {
  return finding.destinations ?? [finding.destination];
}
