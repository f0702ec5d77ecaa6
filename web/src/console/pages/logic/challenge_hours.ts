// How often each challenge state came up in each hour, for the chart: hosts and User-Agents put together.

export interface StateCount {
  hour: string;
  state: string;
  count: number;
}

export interface HourOfStates {
  time: Date;
  values: Record<string, number>; // by state
}

// docs/formats/challenge.md; from harmless to telling. Others (of a later version) come after.
export const kStates = ["set", "addvalue", "neverset", "resetvalue", "inconsistency", "suspicious"] as const;

const kHour = 3600_000;
const kLeastHours = 24; // one bar alone would tell no scale
const kMostHours = 24 * 14;

export function orderOfStates(rows: readonly StateCount[]): string[] {
  const seen = new Set(rows.map((row) => row.state));
  const unknown = [...seen].filter((state) => !kStates.includes(state as never)).sort();
  return [...kStates.filter((state) => seen.has(state)), ...unknown];
}

// Oldest first; hours before the latest `most` are left out, hours without a count too. The first one may be
// empty: it only says where the picture begins.
export function hoursOfStates(rows: readonly StateCount[], most = kMostHours): HourOfStates[] {
  const hours = new Map<number, Record<string, number>>();
  for (const row of rows) {
    const time = Math.floor(Date.parse(row.hour) / kHour) * kHour;
    if (!Number.isFinite(time)) continue;
    const values: Record<string, number> = hours.get(time) ?? Object.create(null);
    values[row.state] = (values[row.state] ?? 0) + row.count;
    hours.set(time, values);
  }
  const times = [...hours.keys()].sort((a, b) => a - b);
  const latest = times[times.length - 1];
  if (latest === undefined) return [];
  const shown = times.filter((time) => time > latest - most * kHour);
  const begin = latest - (kLeastHours - 1) * kHour;
  if (shown[0]! > begin && most >= kLeastHours) shown.unshift(begin);
  return shown.map((time) => ({ time: new Date(time), values: hours.get(time) ?? {} }));
}
