import { describe, expect, test } from "vitest";
import { prettyJson } from "../src/console/pages/logic/pretty_json";

describe("pretty JSON", () => {
  test("breaks what is long, and keeps on a line what is short", () => {
    const line = { id: "x", messages: [{ dir: "up", length: 1 }, { dir: "down", length: 22222 }], empty: [], deep: {} };
    expect(prettyJson(line, 40)).toEqual([
      "{",
      '  "id": "x",',
      '  "messages": [',
      '    {"dir": "up", "length": 1},',
      '    {"dir": "down", "length": 22222}',
      "  ],",
      '  "empty": [],',
      '  "deep": {}',
      "}",
    ]);
  });
  test("is the same value", () => {
    const value = { a: ['"', "\\", "\n", "\u0000", "</script>", "\u202e"], b: { c: [1, 2.5, true, null, [[]]] }, "": "" };
    for (const width of [1, 20, 200]) expect(JSON.parse(prettyJson(value, width).join("\n"))).toEqual(value);
  });
  test("has no line break within a line", () => {
    for (const line of prettyJson({ a: "x\r\ny".repeat(100) })) expect(line).not.toMatch(/[\r\n]/);
  });
  test.each([
    ["text", '"text"'],
    [7, "7"],
    [null, "null"],
    [{}, "{}"],
  ])("of %j is one line", (value, line) => expect(prettyJson(value)).toEqual([line]));
});
