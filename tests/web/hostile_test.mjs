// Text that wants to be more than text, from the wire and from people: the Big List of Naughty Strings and what our own
// tables of escapes have. In the report and on the console it stays text: nothing runs, nothing opens, nothing is
// hidden or turned around, nothing breaks the layout.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, test } from "node:test";
import { folder, naughtyStrings, openPage, root, run, startBrowser, startConsole } from "./harness.mjs";

const base64 = (...bytes) => ({ base64: Buffer.from(bytes).toString("base64") });
const ours = [
  "</script><script>mark()</script>",
  "<!--<script>mark()",
  "</noscript><img src=x onerror=mark()>",
  "</textarea></title><svg/onload=mark()>' onmouseover='mark()' x=\"",
  "<style>*{display:none}</style><base href=//invalid.example>",
  "javascript:mark()",
  "&lt;script&gt;mark()&#60;/script&#62;",
  "${mark()}{{mark()}}#{mark()}",
  "a\u202etxt.exe\u2066b\u2069\u061c\u200f",
  "\u001b[2J\u001b]0;owned\u0007\u001b[31mred",
  "zero\u200bwidth\u00adsoft\ufeffmark\u2028line\u2029paragraph\u0085next",
  "ta\u{e0041}gs and \u{f0000}private",
  "e" + "\u0301".repeat(400),
  "back\\slash \\x1b \\u202e",
  "\u0000\u0001\u0002\u007f\u0080\u009f",
  base64(0xff, 0xfe, 0x80),
  base64(0xed, 0xa0, 0x80, 0xc0, 0xaf, 0xf8, 0x88, 0x80, 0x80, 0x80),
  "W".repeat(1_000_000),
  "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}".repeat(500),
  "\ufdfd".repeat(300),
  "=HYPERLINK(\"http://invalid.example\")",
];
const strings = [...ours, ...naughtyStrings()];
const widths = [390, 1440];

let place, browser, capture, report, console_, findings;
before(async () => {
  place = folder();
  capture = join(place, "hostile.pcap");
  const made = spawnSync(join(root, "tests/web/hostile_capture.py"), [capture], {
    input: JSON.stringify(strings),
    encoding: "utf8",
  });
  assert.equal(made.status, 0, made.stderr);
  report = join(place, "report.html");
  const [database, patterns] = [join(place, "mogura.db"), join(place, "patterns")];
  run(["analyze", capture, "--quiet", "--db", database, "--learn", patterns, "--html", report]);
  run(["watch", "-r", capture, "--db", database, "--quiet", "--alerts", join(place, "alerts.json")]);
  [browser, console_] = await Promise.all([
    startBrowser(),
    startConsole(["--db", database, "--patterns", patterns]),
  ]);
  findings = (await ask("/api/findings?limit=500")).rows;
  assert.ok(findings.length > 100, `${findings.length} findings`);
});
after(async () => {
  await browser?.close();
  const ended = await console_?.stop();
  assert.equal(ended?.status, 0, ended?.said);
});

const ask = async (path) => (await fetch(console_.url + path)).json();

// A page in which `mark` tells that it was called.
async function visit(width, use) {
  const page = await openPage(browser, { viewport: { width, height: 900 }, locale: "en-US" });
  page.setDefaultTimeout(10_000);
  try {
    await page.addInitScript(() => {
      globalThis.marks = 0;
      globalThis.mark = () => void ++globalThis.marks;
    });
    await use(page);
    assert.deepEqual(page.problems, []);
  } finally {
    await page.context().close();
  }
}

// What must hold of any page, whatever it shows.
async function assertHarmless(page, what) {
  const seen = await page.evaluate(() => {
    const unseen = /[\p{Cf}\p{Zl}\p{Zp}\p{Co}\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;
    const bad = [];
    for (const element of document.querySelectorAll("body *:not(script):not(textarea)")) {
      for (const { name, value } of element.attributes) {
        if (/^on/.test(name)) bad.push(`attribute ${name}`);
        if (/^(title|aria-|alt|data-label|placeholder)/.test(name) && unseen.test(value)) bad.push(`${name} hides`);
        if (/^(href|src|action)$/.test(name) && !/^([/?#]|data:,)/.test(value)) bad.push(`${name}=${value.slice(0, 80)}`);
      }
      for (const node of element.childNodes)
        if (node.nodeType === Node.TEXT_NODE && unseen.test(node.data)) bad.push(`hides: ${escape(node.data).slice(0, 80)}`);
    }
    return {
      marks: globalThis.marks,
      bad: [...new Set(bad)].slice(0, 5),
      foreign: document.querySelectorAll("img, iframe, object, embed, base, video, audio, form[action], meta[http-equiv=refresh]").length,
      tooWide: document.documentElement.scrollWidth - window.innerWidth,
      title: document.title,
    };
  });
  assert.equal(seen.marks, 0, `${what}: a string has run`);
  assert.deepEqual(seen.bad, [], what);
  assert.equal(seen.foreign, 0, `${what}: elements of the strings`);
  assert.ok(seen.tooWide <= 0, `${what}: ${seen.tooWide} pixels too wide`);
  assert.doesNotMatch(seen.title, /owned/);
}

test("the report", async () => {
  for (const width of widths)
    await visit(width, async (page) => {
      await page.goto(pathToFileURL(report).href);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      await page.waitForFunction(() => document.body.innerText.includes("\\u202e"));
      await assertHarmless(page, `report at ${width}`);
    });
});

// Findings whose pages are looked at: of our own strings, and what is long or runs from right to left.
function chosen() {
  const own = findings.filter(({ destination }) => /^h(\d+)\./.test(destination) && Number(RegExp.$1) < ours.length);
  const longest = [...findings].sort((a, b) => b.destination.length - a.destination.length).slice(0, 2);
  const arabic = findings.filter(({ destination }) => /\p{Script=Arabic}|\p{Script=Hebrew}/u.test(destination)).slice(0, 2);
  return [...new Set([...own, ...longest, ...arabic].map((row) => row.finding_id))];
}

async function load(page, path) {
  await page.goto(console_.url + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector(".loading, [aria-busy=true]") === null);
}

describe("the console", () => {
  test("strings that people type", async () => {
    const session = await fetch(`${console_.url}/api/session`);
    const { csrf } = await session.json();
    const [cookie] = session.headers.getSetCookie()[0].split(";");
    const headers = { "X-CSRF-Token": csrf, "Content-Type": "application/json", Cookie: cookie };
    const act = (id, what, body) =>
      fetch(`${console_.url}/api/findings/${id}/${what}`, { method: "POST", headers, body: JSON.stringify(body) });
    const typed = strings.filter((one) => typeof one === "string").map((one) => one.slice(0, 120));
    let taken = 0;
    for (const [at, { finding_id: id }] of findings.slice(0, 60).entries()) {
      const text = typed[at] || "none";
      const answers = [
        await act(id, "notes", { text: `${text}\nsecond line` }),
        await act(id, "name", { name: text }),
        await act(id, "assignee", { assignee: text }),
        await act(id, "decision", { status: "sanctioned", owner: text, reason: text }),
      ];
      for (const { status } of answers) assert.ok(status === 200 || status === 400, `${status} for ${JSON.stringify(text)}`);
      taken += answers.filter(({ status }) => status === 200).length;
    }
    assert.ok(taken > 100, `${taken} taken`);
  });

  for (const width of widths)
    test(`lists at ${width} pixels`, () =>
      visit(width, async (page) => {
        const paths = ["/", "/findings", "/findings?by=application", "/findings?by=client", "/sessions", "/clients", "/alerts",
                       "/audit", "/patterns", ...["destination", "user_agent", "registrable_domain"].map((by) => `/populations?by=${by}`)];
        for (const path of paths) {
          await load(page, path);
          await assertHarmless(page, `${path} at ${width}`);
          if ((await page.getByRole("grid").count()) === 0) continue;
          await page.getByRole("grid").focus();
          for (const key of ["PageDown", "PageDown", "End"]) {
            await page.keyboard.press(key);
            await assertHarmless(page, `${path} at ${width}, further down`);
          }
        }
      }));

  for (const width of widths)
    test(`findings, clients, patterns and dialogs at ${width} pixels`, () =>
      visit(width, async (page) => {
        for (const id of chosen()) {
          await load(page, `/findings/${id}`);
          await assertHarmless(page, `finding ${id} at ${width}`);
        }
        for (const [at, client] of ["192.0.2.1", "192.0.2.9", "192.0.2.18", "192.0.2.15"].entries()) {
          await load(page, `/clients/${client}`);
          await assertHarmless(page, `client ${at} at ${width}`);
        }
        const patterns = (await ask("/api/patterns?limit=500")).rows;
        for (const { id } of patterns.slice(0, 3)) {
          await load(page, `/patterns/${id}`);
          await assertHarmless(page, `pattern ${id} at ${width}`);
        }
        for (const path of ["/sessions", "/alerts", "/audit"]) {
          await load(page, path);
          await page.getByRole("grid").focus();
          for (const row of ["Home", "End"]) {
            await page.keyboard.press(row);
            await page.keyboard.press("Enter");
            await page.getByRole("dialog").waitFor();
            await assertHarmless(page, `dialog of ${path} at ${width}`);
            await page.keyboard.press("Escape");
            await page.getByRole("dialog").waitFor({ state: "detached" });
          }
        }
      }));

  test("a URL with strings in it", () =>
    visit(1440, async (page) => {
      for (const text of ours.filter((one) => typeof one === "string" && one.length < 500)) {
        const value = encodeURIComponent(text.replaceAll("\0", ""));
        for (const path of [`/findings?q=${value}&severity=${value}`, `/clients/x?user_agent=${value}`, `/patterns/new?finding=${value}`]) {
          await page.goto(console_.url + path);
          await page.getByRole("heading", { level: 1 }).or(page.locator(".error-box")).first().waitFor();
          await assertHarmless(page, path);
        }
      }
      // A question that makes no sense is refused, which the browser tells.
      page.problems = page.problems.filter((one) => !/status of 40[04]/.test(one));
    }));

  test("shows what cannot be seen", () =>
    visit(1440, async (page) => {
      const at = ours.findIndex((one) => typeof one === "string" && one.includes("\u202e"));
      await load(page, `/sessions?client=192.0.2.${1 + at}`);
      const text = await page.locator(".rows").innerText();
      assert.match(text, /\\u202etxt\.exe\\u2066b/);
    }));
});
