// Filters and the query of the URL.
import { describe, expect, it } from "vitest";
import { filtersFrom, linkTo, searchWith } from "../src/console/lib/filters";
import { nextSort } from "../src/console/components/list_page";

const kNames = ["q", "status", "sort"] as const;

describe("filtersFrom", () => {
  it.each([
    ["nothing", "", {}],
    ["leaves out what is empty", "q=&status=new", { status: "new" }],
    ["leaves out other names", "page=3&q=a", { q: "a" }],
    ["takes the first of several", "q=a&q=b", { q: "a" }],
    ["decodes", "q=a%26b%3D%E6%97%A5+c", { q: "a&b=日 c" }],
    ["survives broken escapes", "q=%E0%A4%A", { q: "\ufffd%A" }],
  ])("%s", (_why, search, expected) => {
    expect(filtersFrom(search, kNames)).toEqual(expected);
  });
});

describe("searchWith", () => {
  it.each([
    ["sets", "a=1", { q: "x" }, "a=1&q=x"],
    ["replaces", "q=1", { q: "x" }, "q=x"],
    ["takes out", "a=1&q=1", { q: "" }, "a=1"],
    ["takes out with undefined", "a=1&q=1", { q: undefined }, "a=1"],
    ["has one order, so that equal filters are equal links", "b=2&a=1", {}, "a=1&b=2"],
    ["escapes", "", { q: "a&b=#?" }, "q=a%26b%3D%23%3F"],
  ])("%s", (_why, search, changes, expected) => {
    expect(searchWith(search, changes)).toBe(expected);
  });

  it("gives back what it was given", () => {
    const filters = { q: 'ev"il\u202e&=%', status: "new" };
    expect(filtersFrom(searchWith("", filters), kNames)).toEqual(filters);
  });
});

describe("linkTo", () => {
  it("is a path of ours, whatever the data", () => {
    expect(linkTo("/sessions", { destination: "javascript:alert(1)//?&" })).toBe(
      "/sessions?destination=javascript%3Aalert%281%29%2F%2F%3F%26",
    );
    expect(linkTo("/findings", { q: "" })).toBe("/findings");
  });
});

describe("nextSort", () => {
  it.each([
    [undefined, { id: "score", firstDescending: true }, "-score"],
    ["-score", { id: "score", firstDescending: true }, "score"],
    ["score", { id: "score", firstDescending: true }, "-score"],
    ["-score", { id: "destination" }, "destination"],
    ["destination", { id: "destination" }, "-destination"],
  ])("%s, %j: %s", (sort, column, expected) => {
    expect(nextSort(sort, column)).toBe(expected);
  });
});
