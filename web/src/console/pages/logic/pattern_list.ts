// The list of patterns, which comes whole: what of it is shown, and in which order.
import type { Filters } from "../../lib/filters";
import type { PatternRow } from "../../types";

export const kPatternFilters = ["q", "state", "finding"] as const;

const lower = (text: string | undefined): string => (text ?? "").toLowerCase();

export function fits(row: PatternRow, filters: Filters<(typeof kPatternFilters)[number]>): boolean {
  if (filters.finding && row.source_finding !== filters.finding) return false;
  if (filters.state && (filters.state === "candidate") !== (row.candidate ?? false)) return false;
  const part = lower(filters.q);
  const texts = [row.id, row.name, row.application, row.author, row.note];
  return part === "" || texts.some((text) => lower(text).includes(part));
}

// Candidates first, for they are to be looked at; those of one finding together.
export function inOrder(rows: readonly PatternRow[]): PatternRow[] {
  const key = ({ candidate, source_finding, id }: PatternRow): string =>
    candidate ? `0\n${source_finding ?? ""}\n${id}` : `1\n${id}`;
  return rows
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}
