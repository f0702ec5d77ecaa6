// The report of the bundled day, opened from the disk as a reader would.

import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { folder, openPage, root, run, seriousViolations, startBrowser } from "./harness.mjs";

const charts = 22; // breakdown, populations, and of each finding what it has
let browser, report;
before(async () => {
  report = join(folder(), "report.html");
  run(["analyze", join(root, "samples/office-day.pcap.gz"), "--quiet", "--html", report]);
  browser = await startBrowser();
});
after(() => browser?.close());

async function visit(options, use) {
  const page = await openPage(browser, { locale: "en-US", ...options });
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  try {
    await page.goto(pathToFileURL(report).href);
    await page.locator("svg").first().waitFor();
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    await use(page);
    assert.deepEqual(page.problems, []);
    assert.deepEqual(asked.filter((url) => !/^(file|data):/.test(url)), [], "it asks for nothing");
  } finally {
    await page.context().close();
  }
}

for (const [width, colorScheme] of [[1440, "light"], [390, "dark"]])
  test(`can be read at ${width} pixels, ${colorScheme}`, () =>
    visit({ viewport: { width, height: 900 }, colorScheme }, async (page) => {
      await page.waitForFunction((wanted) => document.querySelectorAll("svg").length >= wanted, charts);
      assert.deepEqual(await seriousViolations(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    }));

test("a column tells its numbers where the pointer is", () =>
  visit({}, async (page) => {
    const chart = page.locator("#panel-destination svg").first();
    await chart.scrollIntoViewIfNeeded();
    const { x, y, height } = await chart.boundingBox();
    await page.mouse.move(x + 70, y + height - 20);
    const tip = page.locator(".chart-tip");
    await tip.waitFor();
    assert.match(await tip.innerText(), /:443\nSessions\n\d+\nUser-Agents\n\d+/);
  }));

test("speaks Japanese to who reads it", () =>
  visit({ locale: "ja-JP" }, async (page) => {
    assert.ok((await page.locator("body").innerText()).includes("スコア0.5以上の検知が10件あります"));
  }));

test("prints on paper's colours, with everything open", () =>
  visit({ colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print" });
    const [background, shown] = await page.evaluate(() => [
      getComputedStyle(document.body).backgroundColor,
      document.body.innerText.includes("edge.norvatek-systems.net"),
    ]);
    assert.match(background, /rgb\(255, 255, 255\)|rgba\(0, 0, 0, 0\)/);
    assert.ok(shown);
  }));
