import { describe, expect, test } from "vitest";
import { fits, inOrder } from "../src/console/pages/logic/pattern_list";
import { belowOf, countsOf, isDistinct } from "../src/console/pages/logic/populations";
import { kGroupings } from "../src/console/pages/logic/session_links";

describe("a pattern fits", () => {
  const row = { id: "ssh-1", name: "SSH", application: "OpenSSH", author: "m.sato", candidate: true, source_finding: "ab" };
  test.each([
    [{}, true],
    [{ q: "openSSH" }, true],
    [{ q: "SATO" }, true],
    [{ q: "vpn" }, false],
    [{ state: "candidate" }, true],
    [{ state: "accepted" }, false],
    [{ finding: "ab" }, true],
    [{ finding: "a" }, false],
  ])("%j: %s", (filters, is) => expect(fits(row, filters)).toBe(is));
  test("as accepted where nothing says otherwise", () => expect(fits({ id: "a" }, { state: "accepted" })).toBe(true));
});

test("candidates come first, those of a finding together", () => {
  const rows = [
    { id: "a" },
    { id: "b", candidate: true, source_finding: "2" },
    { id: "c", candidate: true, source_finding: "1" },
    { id: "d", candidate: true, source_finding: "2" },
  ];
  expect(inOrder(rows).map((row) => row.id)).toEqual(["c", "b", "d", "a"]);
});

describe("of each grouping", () => {
  test.each(kGroupings)("%s: what stands below the axis is one of its counts, and not itself", (by) => {
    expect(isDistinct(by, belowOf(by))).toBe(true);
    expect(countsOf(by)).not.toContain(`${by}s`);
  });
  test("no other word is a count", () => {
    expect(isDistinct("destination", "destinations")).toBe(false);
    expect(isDistinct("destination", undefined)).toBe(false);
  });
});
