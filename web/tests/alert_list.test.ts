import { describe, expect, test } from "vitest";
import { kLiveRows, passes, startOfSession, withNew } from "../src/console/pages/logic/alert_list";

const alert = { id: 1, kind: "pattern", severity: "high", destination: "Edge.example:443", pattern_id: "ssh" };

describe("what came in live passes as the server's filter says", () => {
  test.each([
    [{}, true],
    [{ kind: "pattern", severity: "high", pattern_id: "ssh" }, true],
    [{ kind: "finding" }, false],
    [{ severity: "low" }, false],
    [{ pattern_id: "openvpn" }, false],
    [{ finding_id: "0123456789abcdef" }, false],
    [{ q: "EDGE.ex" }, true],
    [{ q: "edge.test" }, false],
  ])("%j: %s", (filter, is) => expect(passes(alert, filter)).toBe(is));

  test("an alert without destination contains nothing", () =>
    expect(passes({ id: 1, kind: "finding", severity: "low" }, { q: "x" })).toBe(false));
});

describe("new alerts", () => {
  const rows = (...ids: number[]) => ids.map((id) => ({ id, kind: "pattern", severity: "low" }));
  const ids = (list: { id: number }[]) => list.map((row) => row.id);

  test("come before the others, newest first", () =>
    expect(ids(withNew(rows(3, 2, 1), rows(4, 5)))).toEqual([5, 4, 3, 2, 1]));
  test("that are known come once", () =>
    expect(ids(withNew(rows(3, 2), rows(2, 3, 4, 4)))).toEqual([4, 3, 2]));
  test("push the oldest out in the end", () => {
    const many = rows(...Array.from({ length: kLiveRows }, (_, i) => kLiveRows - i));
    const list = withNew(many, rows(kLiveRows + 1));
    expect([list.length, list[0]?.id, list[list.length - 1]?.id]).toEqual([kLiveRows, kLiveRows + 1, 2]);
  });
});

test.each([
  ["1:1neVT5nXKN2G9OFHJlSxbHtvkpc=-1795325766768123", "2026-11-22T05:36:06.768Z"],
  ["1:1neVT5nXKN2G9OFHJlSxbHtvkpc=", undefined],
  ["x-1", undefined],
  ["x-999999999999999999", undefined],
  [undefined, undefined],
])("%s began %s", (id, time) => expect(startOfSession(id)?.toISOString()).toBe(time));
