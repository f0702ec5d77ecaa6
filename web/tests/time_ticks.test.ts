import { describe, expect, it } from "vitest";
import { timeTicks } from "../src/charts/time_ticks";

const words = (ticks: Date[], isUtc = false): string[] =>
  ticks.map((tick, index) => timeTicks(isUtc)(tick, index, ticks));

describe("timeTicks", () => {
  it("says the day where one begins", () => {
    expect(words([new Date(2026, 10, 22, 18), new Date(2026, 10, 22, 21), new Date(2026, 10, 23, 0)])).toEqual([
      "18:00\n11-22",
      "21:00",
      "00:00\n11-23",
    ]);
  });
  it("says days alone where ticks are days, and the year where one begins", () => {
    expect(words([new Date(2026, 11, 31), new Date(2027, 0, 1), new Date(2027, 0, 2)])).toEqual([
      "12-31\n2026",
      "01-01\n2027",
      "01-02",
    ]);
  });
  it("says seconds where they matter", () => {
    expect(words([new Date(2026, 0, 1, 9, 5, 0), new Date(2026, 0, 1, 9, 5, 30)])).toEqual(["09:05:00\n01-01", "09:05:30"]);
  });
  it("can speak UTC", () => {
    expect(words([new Date("2026-11-22T23:30:00Z"), new Date("2026-11-23T00:00:00Z")], true)).toEqual([
      "23:30\n11-22",
      "00:00\n11-23",
    ]);
  });
});
