import { describe, expect, it } from "vitest";
import { agoOf, bytesText, durationText, localTime, numberText, utcTime } from "../src/console/lib/format";

describe("bytesText", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 KB"],
    [1536, "1.5 KB"],
    [99_949, "99.9 KB"],
    [99_950, "100 KB"],
    [999_499, "999 KB"],
    [999_500, "1.0 MB"],
    [3e15, "3000 TB"],
  ])("%d: %s", (bytes, expected) => expect(bytesText(bytes)).toBe(expected));
});

describe("numberText", () => {
  it.each([
    [0, "0"],
    [55, "55"],
    [0.18888888, "0.189"],
    [12.345, "12.3"],
    [1234.5, "1,235"],
    [-0.5, "-0.5"],
  ])("%d: %s", (n, expected) => expect(numberText(n)).toBe(expected));
});

describe("times", () => {
  it("have a form that sorts by eye", () => {
    expect(localTime("2026-11-22T05:36:14.754221Z")).toMatch(/^2026-11-2[123] \d\d:\d\d:14$/);
    expect(localTime("2026-11-22T05:36:14Z", "minute")).toMatch(/^2026-11-2[123] \d\d:\d\d$/);
    expect(utcTime("2026-11-22T05:36:14.754221Z")).toBe("2026-11-22 05:36:14 UTC");
  });
  it("that are none are not made up", () => {
    expect(localTime("<b>")).toBeUndefined();
    expect(utcTime("")).toBeUndefined();
    expect(agoOf("x", 0)).toBeUndefined();
  });
});

describe("agoOf", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  it.each([
    ["2026-11-22T11:59:30Z", { unit: "now" }],
    ["2026-11-22T12:00:09Z", { unit: "now" }], // a clock that goes ahead
    ["2026-11-22T11:55:00Z", { unit: "minutes", n: 5 }],
    ["2026-11-22T09:00:00Z", { unit: "hours", n: 3 }],
    ["2026-11-21T09:00:00Z", { unit: "hours", n: 27 }],
    ["2026-11-19T12:00:00Z", { unit: "days", n: 3 }],
  ])("%s", (time, expected) => expect(agoOf(time, now)).toEqual(expected));
});

describe("durationText", () => {
  it.each([
    [0.41, "0.4 s"],
    [47.4, "47 s"],
    [600, "10 min"],
    [12_600, "3.5 h"],
    [259_200, "3 d"],
  ])("%d: %s", (seconds, expected) => expect(durationText(seconds)).toBe(expected));
});
