// Rows in view, hours of the overview, decisions, features of a finding.
import { describe, expect, it } from "vitest";
import { scrollFor, windowOf } from "../src/console/lib/window";
import { bodyOf, dayInMonths, faultsOf } from "../src/console/pages/logic/decide";
import { byteLength, byteRows, fitsLink, lengthRows, percentText } from "../src/console/pages/logic/finding";
import { kKinds, rangeFor, slicesOf, stepHoursFor } from "../src/console/pages/logic/hours";

describe("windowOf", () => {
  it.each([
    ["begins at the top", 1000, -200, 900, { from: 0, to: 37 }],
    ["in the middle", 1000, 3600, 900, { from: 88, to: 137 }],
    ["ends at the last row", 100, 3400, 900, { from: 82, to: 100 }],
    ["no rows", 0, 500, 900, { from: 0, to: 0 }],
    ["scrolled past a list that became short", 5, 9000, 900, { from: 5, to: 5 }],
  ])("%s", (_why, count, above, view, expected) => {
    expect(windowOf(count, 36, above, view)).toEqual(expected);
  });
  it("draws few rows, however many there are", () => {
    const { from, to } = windowOf(1_000_000, 36, 18_000_000, 1200);
    expect(to - from).toBeLessThan(70);
  });
});

describe("scrollFor", () => {
  it.each([
    ["in view: stays", 5, 0, 0],
    ["below: to the lower edge", 30, 0, 30 * 36 + 36 - 900],
    ["above: to below the head", 1, 360, 36 - 360 - 32],
  ])("%s", (_why, index, above, expected) => {
    expect(scrollFor(index, 36, above, 900, 32)).toBe(expected);
  });
});

describe("slicesOf", () => {
  const hours = Array.from({ length: 48 }, (_, i) => ({
    hour: new Date(Date.UTC(2026, 10, 20, i)).toISOString(),
    ssl: 2,
    bytes_up: 10,
  }));
  it("keeps hours as they are where they are few", () => {
    expect(slicesOf(hours, 1)).toHaveLength(48);
  });
  it.each([6, 24])("loses nothing in slices of %d hours", (step) => {
    const slices = slicesOf(hours, step);
    expect(slices.reduce((sum, slice) => sum + (slice.values["ssl"] ?? 0), 0)).toBe(96);
    expect(slices.length).toBeLessThanOrEqual(48 / step + 1);
    for (const slice of slices) expect(slice.time.getHours() % step).toBe(0);
  });
  it("puts them in order, and leaves out what is no time", () => {
    const slices = slicesOf([{ hour: "x" }, ...[...hours].reverse()], 1);
    const times = slices.map((slice) => slice.time.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(slices).toHaveLength(48);
  });
  it("knows five kinds", () => expect(new Set(kKinds).size).toBe(5));
  it.each([
    [undefined, "168", 1],
    ["24", "24", 1],
    ["720", "720", 6],
    ["2208", "2208", 24],
    ["99999", "168", 1],
  ])("range %s", (text, range, step) => {
    expect(rangeFor(text)).toBe(range);
    expect(stepHoursFor(rangeFor(text))).toBe(step);
  });
});

describe("decisions", () => {
  const now = new Date(2026, 10, 22, 12);
  const sanction = { status: "sanctioned", owner: " storage ", reason: "", expires: "2027-01-31" } as const;
  it("a sanction holds to the end of its last day", () => {
    expect(bodyOf(sanction)).toEqual({
      status: "sanctioned",
      owner: "storage",
      expires: new Date(2027, 0, 31, 23, 59, 59).toISOString(),
    });
  });
  it("what belongs to a sanction is not sent with anything else", () => {
    expect(bodyOf({ ...sanction, status: "confirmed", reason: "seen" })).toEqual({ status: "confirmed", reason: "seen" });
    expect(bodyOf({ ...sanction, status: "" })).toEqual({ status: "" });
  });
  it.each([
    ["complete", sanction, []],
    ["no owner", { ...sanction, owner: "  " }, ["owner"]],
    ["today is still allowed", { ...sanction, expires: "2026-11-22" }, []],
    ["yesterday is not", { ...sanction, expires: "2026-11-21" }, ["expires"]],
    ["without end", { ...sanction, expires: "" }, []],
    ["no owner is needed to confirm", { ...sanction, status: "confirmed", owner: "" } as const, []],
  ])("%s", (_why, form, faults) => expect(faultsOf(form, now)).toEqual(faults));
  it.each([
    [new Date(2026, 10, 30), 3, "2027-02-28"],
    [new Date(2026, 10, 22), 12, "2027-11-22"],
    [new Date(2028, 1, 29), 12, "2029-02-28"],
  ])("%s in %d months", (from, months, day) => expect(dayInMonths(from, months)).toBe(day));
});

describe("features", () => {
  it("of unknown direction, or with bytes that are none, are not drawn", () => {
    expect(lengthRows([{ dir: "up", length: 5, count: 2 }, { dir: "x", length: 1, count: 1 }])).toEqual([
      { dir: "up", length: 5, count: 2, sessions: 0 },
    ]);
    const run = { dir: "up", offset: 0, count: 1 };
    expect(byteRows([{ ...run, hex: "5353" }, { ...run, hex: "535" }, { ...run, hex: "<b>" }])).toHaveLength(1);
    expect(byteRows(undefined)).toEqual([]);
  });
  it("notes are counted in bytes", () => expect(byteLength("日本a")).toBe(7));
  it("long text is no link", () => {
    expect(fitsLink("x".repeat(1500))).toBe(true);
    expect(fitsLink("x".repeat(1501))).toBe(false);
    expect(fitsLink("")).toBe(false);
  });
  it("percent", () => expect([percentText(0.985), percentText(7), percentText(-1)]).toEqual(["99", "100", "0"]));
});
