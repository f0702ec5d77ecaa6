// Decisions about findings, as the program wants them.
import { pathOf, post } from "../../api";
import type { FindingAnswer } from "../../types";

export interface DecisionForm {
  status: "sanctioned" | "confirmed" | "";
  owner: string;
  reason: string;
  expires: string; // a day as in a date field; empty: without end
}

// A sanction holds to the end of its last day, by the clock here.
export function bodyOf(form: DecisionForm): Record<string, string> {
  const body: Record<string, string> = { status: form.status };
  if (form.status === "") return body;
  if (form.reason.trim()) body["reason"] = form.reason.trim();
  if (form.status !== "sanctioned") return body;
  body["owner"] = form.owner.trim();
  const end = new Date(`${form.expires}T23:59:59`);
  if (form.expires && !Number.isNaN(end.getTime())) body["expires"] = end.toISOString();
  return body;
}

export type DecisionFault = "owner" | "expires";

export function faultsOf(form: DecisionForm, now: Date): DecisionFault[] {
  if (form.status !== "sanctioned") return [];
  const faults: DecisionFault[] = [];
  if (!form.owner.trim()) faults.push("owner");
  if (form.expires && !(new Date(`${form.expires}T23:59:59`) > now)) faults.push("expires");
  return faults;
}

// The day so many months on, as a date field has it; the last of the month where the day does not exist.
export function dayInMonths(now: Date, months: number): string {
  const day = new Date(now.getFullYear(), now.getMonth() + months, 1);
  const last = new Date(day.getFullYear(), day.getMonth() + 1, 0).getDate();
  day.setDate(Math.min(now.getDate(), last));
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

// One after the other; stops at the first that fails. How many were changed, and why no more.
export async function forEach(
  ids: readonly string[],
  what: string, // "decision", "assignee"
  body: object,
): Promise<{ done: number; last?: FindingAnswer; error?: unknown }> {
  let done = 0;
  let last: FindingAnswer | undefined;
  for (const id of ids) {
    try {
      last = await post<FindingAnswer>(pathOf("findings", id, what), body);
    } catch (error) {
      return { done, error, ...(last && { last }) };
    }
    done += 1;
  }
  return { done, ...(last && { last }) };
}
