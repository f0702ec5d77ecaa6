// The overview's hours, put together so that a chart has about 200 columns, whatever the time it spans. Days and
// quarters of days begin where the reader's do.
import type { Hour, Kind } from "../../types";

export const kKinds: readonly Kind[] = ["ssl", "get-post", "connect", "websocket", "other"];
export const kRanges = ["24", "168", "720", "2208"] as const; // hours that can be asked for
export type Range = (typeof kRanges)[number];

export const rangeFor = (text: string | undefined): Range =>
  kRanges.find((range) => range === text) ?? "168";

export const stepHoursFor = (range: Range): number => (range === "2208" ? 24 : range === "720" ? 6 : 1);

export interface Slice {
  time: Date;
  values: Record<string, number>; // by kind; bytes_up, bytes_down
}

function sliceStart(time: Date, stepHours: number): Date {
  const start = new Date(time);
  start.setMinutes(0, 0, 0);
  start.setHours(start.getHours() - (start.getHours() % stepHours));
  return start;
}

const kSummed = [...kKinds, "bytes_up", "bytes_down"] as const;

// Oldest first. Hours that are no time are left out.
export function slicesOf(hours: readonly Hour[], stepHours: number): Slice[] {
  const slices = new Map<number, Slice>();
  for (const hour of hours) {
    const time = new Date(hour.hour);
    if (Number.isNaN(time.getTime())) continue;
    const start = sliceStart(time, stepHours);
    const slice = slices.get(start.getTime()) ?? { time: start, values: {} };
    for (const name of kSummed) slice.values[name] = (slice.values[name] ?? 0) + (hour[name] ?? 0);
    slices.set(start.getTime(), slice);
  }
  return [...slices.values()].sort((a, b) => a.time.getTime() - b.time.getTime());
}
