/// <reference types="vite/types/importMeta.d.ts" />
// The compiler sees to it that no key is missing; this, that no text is, and that none is the other language's.
import { describe, expect, it } from "vitest";
import { en } from "../src/console/i18n/en";
import { ja } from "../src/console/i18n/ja";
import { labelOf, languageFor } from "../src/console/i18n";

type Texts = { [key: string]: unknown };
const pages = import.meta.glob<Record<string, Texts>>("../src/console/i18n/pages/*.ts", { eager: true });
const pairs: [string, Texts, Texts][] = [["common", en, ja]];
for (const [path, module] of Object.entries(pages)) {
  if (!path.endsWith(".en.ts")) continue;
  const other = pages[path.replace(".en.ts", ".ja.ts")];
  pairs.push([path.replace(/^.*\/|\.en\.ts$/g, ""), module["en"] ?? {}, other?.["ja"] ?? {}]);
}

// Every text with its place; functions are called with ones.
function textsOf(texts: Texts, place = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    const at = place + key;
    if (typeof value === "string") all.set(at, value);
    else if (typeof value === "function")
      all.set(at, (value as (...values: unknown[]) => string)(...Array.from({ length: value.length }, () => 1)));
    else for (const entry of textsOf(value as Texts, at + ".")) all.set(...entry);
  }
  return all;
}

describe.each(pairs)("%s", (_page, english, japanese) => {
  const left = textsOf(english);
  const right = textsOf(japanese);
  it("has the same keys in both languages", () => {
    expect([...right.keys()].sort()).toEqual([...left.keys()].sort());
  });
  it("has no empty text", () => {
    for (const [key, text] of [...left, ...right]) expect(text.trim(), key).not.toBe("");
  });
  it("has no Japanese in English, and no sentence of English in Japanese", () => {
    for (const [key, text] of left) expect(text, key).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    for (const [key, text] of right) expect(text, key).not.toMatch(/\b(the|of|and|is|are|not|with)\b/);
  });
  it("fills in what a text is given", () => {
    for (const [key, text] of [...left, ...right]) expect(text, key).not.toMatch(/undefined|\[object/);
  });
});

describe("languageFor", () => {
  it.each([
    [null, ["ja-JP", "en"], "ja"],
    [null, ["de", "ja"], "ja"],
    [null, ["de"], "en"],
    [null, [], "en"],
    ["ja", ["en"], "ja"],
    ["xx", ["en-GB"], "en"],
  ])("%s, %j: %s", (stored, preferred, expected) => {
    expect(languageFor(stored, preferred)).toBe(expected);
  });
});

describe("labelOf", () => {
  it("has our word for what we know, and their own for the rest", () => {
    expect(labelOf(ja.words.kind, "websocket")).toBe("WebSocket");
    expect(labelOf(ja.words.kind, "constructor")).toBe("constructor");
    expect(labelOf(ja.words.kind, "__proto__")).toBe("__proto__");
  });
});
