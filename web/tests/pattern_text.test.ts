import { describe, expect, test } from "vitest";
import {
  bytesOf,
  isPatternId,
  linesOf,
  placeOfError,
  rangeOfLine,
  shareOf,
  sourceFindingOf,
} from "../src/console/pages/logic/pattern_text";

describe("the place of an error", () => {
  test.each([
    ["pattern.toml:4: knd: there is no such condition", 4, "knd: there is no such condition"],
    ["line 4: knd: there is no such condition", 4, "knd: there is no such condition"],
    ["pattern.toml line 12: lenth: there is no such key here", 12, "lenth: there is no such key here"],
    [":3: all: missing", 3, "all: missing"],
    ["too large", undefined, "too large"],
    ["at 12:30: late", undefined, "at 12:30: late"],
    ["x:0: no line is the zeroth", undefined, "x:0: no line is the zeroth"],
    ["x:99999999: too far", undefined, "x:99999999: too far"],
    ["x:5:", 5, "x:5:"],
    ["", undefined, ""],
  ])("%s", (error, line, message) => {
    expect(placeOfError(error)).toEqual(line === undefined ? { message } : { line, message });
  });
});

test.each([
  ["ssh-in-connect-3f2a", true],
  ["7", true],
  ["a".repeat(64), true],
  ["a".repeat(65), false],
  ["-a", false],
  ["", false],
  ["A", false],
  ["../x", false],
  ["a\n", false],
])("is %j a pattern's id: %s", (id, is) => expect(isPatternId(id)).toBe(is));

describe("the finding that a pattern came from", () => {
  test.each([
    ['format = 1\nsource_finding = "0123456789abcdef"\n', "0123456789abcdef"],
    ['source_finding="ab"', "ab"],
    ['# source_finding = "ab"', ""],
    ['source_finding = "../ab"', ""],
    ["", ""],
  ])("%j", (text, finding) => expect(sourceFindingOf(text)).toBe(finding));
});

test.each([
  ["", 1],
  ["a", 1],
  ["a\n", 2],
  ["a\nb\n\n", 4],
])("%j has %d lines", (text, lines) => expect(linesOf(text)).toBe(lines));

test.each([
  ["ab\ncd\n", 1, [0, 2]],
  ["ab\ncd\n", 2, [3, 5]],
  ["ab\ncd\n", 3, [6, 6]],
  ["ab\ncd\n", 9, [6, 6]],
  ["", 1, [0, 0]],
])("in %j line %d is at %j", (text, line, range) => expect(rangeOfLine(text, line)).toEqual(range));

test("a text's size is that of its UTF-8", () => expect(bytesOf("aé猫🦔")).toBe(1 + 2 + 3 + 4));

test.each([
  [3, 3, 1],
  [0, 1217, 0],
  [1, 4, 0.25],
  [5, 4, 1],
  [0, 0, undefined],
  [undefined, 4, undefined],
  [1, undefined, undefined],
])("%s of %s is %s", (hits, of, share) => expect(shareOf(hits, of)).toBe(share));
