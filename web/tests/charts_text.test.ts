import { describe, expect, it } from "vitest";
import { shorten, visible } from "../src/charts/text";

describe("visible", () => {
  it.each([
    ["plain é 日本 👍", "plain é 日本 👍", "what can be read stays"],
    ["<script>&amp;", "<script>&amp;", "markup is the page's business: it sets texts only"],
    ["a\u202egnp.exe", "a\\u202egnp.exe", "turns the line around"],
    ["a\u2066b\u2069", "a\\u2066b\\u2069", "isolates"],
    ["a\u200bb\ufeff", "a\\u200bb\\ufeff", "no width"],
    ["a\nb\u001b[31m", "a\\nb\\x1b[31m", "controls"],
    ["a\u{e0041}", "a\\u{e0041}", "tags"],
    ["\ud800x\udfff", "\\ud800x\\udfff", "halves of pairs"],
    [`a${"\u0301".repeat(9)}`, `a${"\u0301".repeat(4)}`, "piled marks"],
  ])("%j", (text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  it("cuts", () => {
    expect(visible("x".repeat(1_000_000), 10)).toBe(`${"x".repeat(10)}…`);
  });
});

describe("shorten", () => {
  it.each([
    ["short", 5, "short"],
    ["a-long-name.example:443", 11, "a-lon…e:443"],
    ["日本語の名前", 12, "日本語の名前"],
    ["日本語の名前です", 9, "日本…です"],
    ["\u202e".repeat(3), 9, "\\u20…202e"],
  ])("%j to %i", (text, letters, expected) => {
    expect(shorten(text, letters)).toBe(expected);
  });
});
