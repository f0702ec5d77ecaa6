import { expect, test } from "vitest";
import { draftOf, keepDraft } from "../src/console/pages/logic/drafts";

test("a draft is kept until it is saved", () => {
  expect(draftOf("a")).toBeUndefined();
  keepDraft("a", "text");
  expect(draftOf("a")).toBe("text");
  keepDraft("a", "");
  expect(draftOf("a")).toBe("");
  keepDraft("a", undefined);
  expect(draftOf("a")).toBeUndefined();
});

test("of many drafts the oldest are given up", () => {
  for (let i = 0; i <= 20; ++i) keepDraft(String(i), "text");
  expect(draftOf("0")).toBeUndefined();
  expect(draftOf("1")).toBe("text");
  expect(draftOf("20")).toBe("text");
});
