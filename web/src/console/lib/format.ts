// Numbers and times in words. Times are shown in the browser's zone, always as 2026-11-22 14:36:07, so that they sort
// by eye and read the same in both languages; the UTC time stands in the title.

const kUnits = ["B", "KB", "MB", "GB", "TB"] as const;

// 1536 → "1.5 KB": powers of 1000, at most one digit after the point.
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < kUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${kUnits[unit]}`;
}

export const countText = (n: number): string => n.toLocaleString("en");

// At most three digits that say something: 0.0123, 12.3, 1,234.
export function numberText(n: number): string {
  if (Number.isInteger(n) || Math.abs(n) >= 1000) return Math.round(n).toLocaleString("en");
  return Number(n.toPrecision(3)).toString();
}

const two = (n: number): string => String(n).padStart(2, "0");

export type TimePrecision = "day" | "minute" | "second";

// undefined where `text` is no time: it may come from anywhere.
export function localTime(text: string, precision: TimePrecision = "second"): string | undefined {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  if (precision === "day") return day;
  const minute = `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
  return precision === "minute" ? minute : `${minute}:${two(date.getSeconds())}`;
}

export function utcTime(text: string): string | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 19).replace("T", " ") + " UTC";
}

export type Ago = { unit: "now" } | { unit: "minutes" | "hours" | "days"; n: number };

export function agoOf(text: string, now: number): Ago | undefined {
  const then = new Date(text).getTime();
  if (Number.isNaN(then)) return undefined;
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return { unit: "now" };
  if (minutes < 60) return { unit: "minutes", n: minutes };
  if (minutes < 48 * 60) return { unit: "hours", n: Math.floor(minutes / 60) };
  return { unit: "days", n: Math.floor(minutes / (24 * 60)) };
}

// How long: "0.4 s", "47 s", "12 min", "3.5 h", "2.1 d".
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  if (seconds < 5970) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_000) return `${Number((seconds / 3600).toFixed(1))} h`;
  return `${Number((seconds / 86_400).toFixed(1))} d`;
}
