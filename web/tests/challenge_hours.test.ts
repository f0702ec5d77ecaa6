import { describe, expect, test } from "vitest";
import { hoursOfStates, orderOfStates } from "../src/console/pages/logic/challenge_hours";

const row = (hour: string, state: string, count = 1) => ({ hour: `2026-11-22T${hour}:00:00.000000Z`, state, count });
const day = new Date("2026-11-21T10:00:00Z"); // where the picture of a day ends at ten begins

test("states go from harmless to telling, unknown ones last", () =>
  expect(orderOfStates([row("01", "suspicious"), row("01", "zz"), row("02", "set")])).toEqual([
    "set",
    "suspicious",
    "zz",
  ]));

describe("hours of states", () => {
  test("put hosts together, oldest first, and span a day at least", () =>
    expect(hoursOfStates([row("09", "suspicious", 2), row("09", "set", 3), row("08", "set"), row("09", "set", 4)])).toEqual(
      [
        { time: day, values: {} },
        { time: new Date("2026-11-22T08:00:00Z"), values: { set: 1 } },
        { time: new Date("2026-11-22T09:00:00Z"), values: { set: 7, suspicious: 2 } },
      ],
    ));
  test("leave out what is older than asked for", () =>
    expect(hoursOfStates([row("09", "set"), row("08", "set"), row("07", "set")], 2)).toHaveLength(2));
  test("leave out what is no time", () => expect(hoursOfStates([{ hour: "x", state: "set", count: 1 }])).toEqual([]));
  test("take any word for a state", () =>
    expect(hoursOfStates([row("09", "__proto__", 3)])[1]?.values["__proto__"]).toBe(3));
});
