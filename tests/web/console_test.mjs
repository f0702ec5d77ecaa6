// The console as people use it: each page, each action, both languages, both themes, once by keyboard alone.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { accepted, copyOf, prepare, startWhois, watch } from "./deployment.mjs";
import { folder, openPage, seriousViolations, startBrowser, startConsole } from "./harness.mjs";

const place = folder();
const destination = "edge.norvatek-systems.net:443"; // of the capture: SSH through CONNECT, three sessions, one client
const pages = {
  overview: ["/", "Overview", "概要"],
  findings: ["/findings", "Findings", "検知"],
  "findings by application": ["/findings?by=application", "Findings", "検知"],
  finding: ["", destination, destination],
  patterns: ["/patterns", "Patterns", "パターン"],
  pattern: [`/patterns/${accepted}`, "OpenSSH", "OpenSSH"],
  "new pattern": ["/patterns/new", "New pattern", "新しいパターン"],
  "populations by destination": ["/populations", "Populations", "母集団"],
  "populations by User-Agent": ["/populations?by=user_agent", "Populations", "母集団"],
  "populations by cipher list": ["/populations?by=cipher_suites", "Populations", "母集団"],
  "populations by JA4": ["/populations?by=ja4", "Populations", "母集団"],
  "populations by domain": ["/populations?by=registrable_domain", "Populations", "母集団"],
  clients: ["/clients", "Clients", "クライアント"],
  client: ["/clients/127.0.0.1", "127.0.0.1", "127.0.0.1"],
  alerts: ["/alerts", "Alerts", "アラート"],
  sessions: ["/sessions", "Sessions", "セッション"],
  audit: ["/audit", "Audit log", "監査ログ"],
};

let browser, whois, deployment, console_, finding;
before(async () => {
  deployment = await prepare(place);
  [browser, whois] = await Promise.all([startBrowser(), startWhois("owner: Example \u202eskrowteN\r\n")]);
  console_ = await startConsole([
    "--db", deployment.database, "--patterns", deployment.patterns, "--whois", "--whois-server", whois.address,
  ]);
  const found = await (await fetch(`${console_.url}/api/findings?q=norvatek`)).json();
  finding = found.rows[0].finding_id;
  pages.finding[0] = `/findings/${finding}`;
});
after(async () => {
  await browser?.close();
  whois?.stop();
  const ended = await console_?.stop();
  assert.equal(ended?.status, 0, ended?.said);
});

// A page that has loaded; at the end of `use` nothing must have gone wrong in it.
async function visit(path, use, options = {}, url = console_.url) {
  const page = await openPage(browser, { locale: "en-US", timezoneId: "UTC", ...options });
  page.setDefaultTimeout(8000);
  try {
    await page.goto(url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await use(page);
    assert.deepEqual(page.problems, []);
  } finally {
    await page.context().close();
  }
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const isLoaded = (page) => page.waitForFunction(() => document.querySelector(".loading, [aria-busy=true]") === null);
const get = async (path) => (await fetch(console_.url + path)).json();
const said = (page, text) => page.locator(".toast", { hasText: text }).last().waitFor();
const dialog = (page) => page.getByRole("dialog");

describe("each page", () => {
  for (const [look, options, column] of [
    ["in English, light, wide", { colorScheme: "light" }, 1],
    ["in Japanese, dark, narrow", { colorScheme: "dark", locale: "ja-JP", viewport: { width: 390, height: 844 } }, 2],
  ])
    test(`${look}: is there, fits, and has no serious violation`, async () => {
      await visit("/", async (page) => {
        for (const [name, row] of Object.entries(pages)) {
          await page.goto(console_.url + row[0]);
          await page.getByRole("heading", { level: 1, name: row[column] }).waitFor();
          await isLoaded(page);
          assert.deepEqual(await seriousViolations(page), [], name);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wider <= 0, `${name} is ${wider} pixels too wide`);
          assert.equal(await page.locator(".error-box").count(), 0, name);
        }
      }, options);
    });

  test("the other theme of each language has no serious violation either", async () => {
    for (const options of [{ colorScheme: "dark" }, { colorScheme: "light", locale: "ja-JP" }])
      await visit("/", async (page) => {
        for (const name of ["overview", "findings", "finding", "pattern", "populations by destination", "client", "alerts"]) {
          await page.goto(console_.url + pages[name][0]);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await isLoaded(page);
          assert.deepEqual(await seriousViolations(page), [], name);
        }
      }, options);
  });

  test("what people choose, theme and language, is kept", () =>
    visit("/", async (page) => {
      await page.getByTestId("language").selectOption("ja");
      await page.getByRole("heading", { level: 1, name: "概要" }).waitFor();
      await page.getByLabel("配色").selectOption("dark");
      await page.reload();
      await page.getByRole("heading", { level: 1, name: "概要" }).waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), "ja");
      assert.equal(await page.getByLabel("配色").inputValue(), "dark");
    }));

  test("a page that is not there says so", () =>
    visit("/nothing", async (page) => {
      await page.getByRole("link", { name: "To the overview" }).click();
      await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    }));
});

describe("overview", () => {
  test("what was seen is not new any more", () =>
    visit("/", async (page) => {
      await page.getByRole("link", { name: destination }).waitFor();
      await page.getByRole("cell", { name: "watch", exact: true }).waitFor();
      await button(page, "Mark as seen").click();
      await page.getByText("No new findings since then.").waitFor();
      await page.reload();
      await page.getByText("No new findings since then.").waitFor();
      await button(page, "24 hours").click();
      await page.waitForURL(/24/);
    }));
});

describe("lists", () => {
  test("filters are in the URL, and Back takes them back", () =>
    visit("/findings", async (page) => {
      const rows = page.getByRole("row");
      await page.getByLabel("Severity").selectOption("medium");
      await page.waitForURL(/severity=medium/);
      await page.waitForFunction(() => document.querySelectorAll(".rows .row").length === 2);
      await page.getByRole("searchbox", { name: "Search" }).fill("mirefield");
      await page.waitForURL(/q=mirefield/);
      await page.waitForFunction(() => document.querySelectorAll(".rows .row").length === 1);
      assert.equal(await rows.count(), 2, "with its head");
      await page.goBack();
      await page.waitForFunction(() => document.querySelectorAll(".rows .row").length === 2);
      assert.equal(await page.getByRole("searchbox", { name: "Search" }).inputValue(), "");
      await page.goBack();
      await page.waitForFunction(() => document.querySelectorAll(".rows .row").length === 10);
      await button(page, "Sessions").click();
      await page.waitForURL(/sort=-sessions/);
      await page.getByRole("columnheader", { name: "Sessions" }).and(page.locator("[aria-sort=descending]")).waitFor();
      await button(page, "By client").click();
      await page.waitForURL(/by=client/);
      await page.getByRole("link", { name: "10.77.0.13" }).click();
      await page.waitForURL((url) => url.searchParams.get("client") === "10.77.0.13" && !url.searchParams.has("by"));
      await page.getByRole("link", { name: destination }).waitFor();
    }));

  test("a link that somebody sent shows the same", () =>
    visit("/findings?q=norvatek&sort=destination", async (page) => {
      await page.getByRole("link", { name: destination }).waitFor();
      assert.equal(await page.getByRole("searchbox", { name: "Search" }).inputValue(), "norvatek");
    }));

  test("what is shown comes as CSV and as JSON lines", () =>
    visit("/findings?severity=medium", async (page) => {
      await isLoaded(page);
      const texts = [];
      for (const name of ["CSV", "JSON"]) {
        const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
        texts.push(readFileSync(await download.path(), "utf8").trim().split("\n"));
      }
      const [csv, json] = texts;
      assert.match(csv[0], /finding_id,destination,kind,score/);
      assert.equal(csv.length, 3);
      assert.deepEqual(json.map((line) => JSON.parse(line).severity), ["medium", "medium"]);
    }));

  test("sessions come as they are scrolled to; one is opened and copied", () =>
    visit("/sessions", async (page) => {
      await isLoaded(page);
      assert.ok((await page.locator(".rows .row").count()) < 100, "not all are drawn");
      await page.getByRole("grid").focus();
      for (let press = 0; press < 40; ++press) {
        await page.keyboard.press("End");
        await isLoaded(page);
        if (await page.getByRole("status").filter({ hasText: "1,308 rows" }).count()) break;
      }
      await page.getByRole("status").filter({ hasText: /^1,308 rows/ }).waitFor();
      await page.keyboard.press("Enter");
      await dialog(page).getByText("session_id").first().waitFor();
      await page.keyboard.press("Escape");
      await dialog(page).waitFor({ state: "detached" });
    }));

  test("a group leads to its sessions", () =>
    visit("/populations?by=user_agent", async (page) => {
      await button(page, "Logarithmic").or(page.getByLabel("Logarithmic")).click();
      await page.waitForURL(/log=1/);
      await page.getByRole("link", { name: "git/2.39.5" }).click();
      await page.waitForURL(/\/sessions\?user_agent=git/);
      await isLoaded(page);
      assert.ok((await page.locator(".rows .row").count()) > 5);
    }));

  test("a client's page says what the challenge said, and why", () =>
    visit("/clients", async (page) => {
      await page.getByRole("searchbox").fill("backdoor");
      await page.getByRole("link", { name: "127.0.0.1" }).click();
      await page.getByText("it has never come back").waitFor();
      await page.getByText("suspicious: keeps no cookies").first().waitFor();
    }));
});

describe("a finding", () => {
  const open = (use, options) => visit(`/findings/${finding}`, use, options);

  test("is sanctioned with owner and expiry, confirmed, and taken back", () =>
    open(async (page) => {
      await button(page, "Sanction…").click();
      await dialog(page).getByRole("button", { name: "Sanction" }).click();
      await dialog(page).getByText("A sanction needs an owner.").waitFor();
      await dialog(page).getByLabel("Owner").fill("Network team");
      await dialog(page).getByLabel("Until").fill("2020-01-01");
      await dialog(page).getByText("This day has passed.").waitFor();
      await dialog(page).getByRole("button", { name: "6 months" }).click();
      await dialog(page).getByLabel("Reason").fill("Ticket 4711");
      await dialog(page).getByRole("button", { name: "Sanction" }).click();
      await said(page, "Changed");
      await page.locator(".notice-good", { hasText: "Network team" }).waitFor();
      const { decision } = await get(`/api/findings/${finding}`);
      assert.deepEqual([decision.status, decision.owner, decision.reason], ["sanctioned", "Network team", "Ticket 4711"]);
      const days = (Date.parse(decision.expires) - Date.now()) / 86_400_000;
      assert.ok(days > 175 && days < 190, decision.expires);

      await button(page, "Confirm…").click();
      await dialog(page).getByRole("button", { name: "Confirm" }).click();
      await page.locator(".notice-bad").waitFor();
      await button(page, "Take back…").click();
      await dialog(page).getByRole("button", { name: "Take back" }).click();
      await page.locator(".notice-bad").waitFor({ state: "detached" });
      assert.equal((await get(`/api/findings/${finding}`)).decision?.status ?? "", "");
      await page.getByRole("cell", { name: "took the decision back" }).waitFor();
    }));

  test("is named, assigned and noted upon", () =>
    open(async (page) => {
      await button(page, "Name…").click();
      await dialog(page).getByLabel("Name").fill("The admins' SSH");
      await dialog(page).getByRole("button", { name: "Save" }).click();
      await page.getByText("named by hand").waitFor();
      await button(page, "Assign…").click();
      await dialog(page).getByLabel("Assigned to").fill("suzuki");
      await dialog(page).getByRole("button", { name: "Assign" }).click();
      await page.getByText("suzuki").first().waitFor();
      await page.getByRole("textbox", { name: "Note" }).fill("Asked.\nNo answer yet.");
      await button(page, "Add a note").click();
      await page.locator(".notes").getByText("No answer yet.").waitFor();
      assert.equal(await page.getByRole("textbox", { name: "Note" }).inputValue(), "");
      const { own_name, row, notes } = await get(`/api/findings/${finding}`);
      assert.deepEqual([own_name, row.assignee, notes[0].text], ["The admins' SSH", "suzuki", "Asked.\nNo answer yet."]);
    }));

  test("whois answers, harmlessly", () =>
    open(async (page) => {
      await button(page, "Whois").click();
      await dialog(page).getByText("owner: Example").waitFor();
      assert.doesNotMatch(await dialog(page).innerText(), /\u202e/);
      assert.match(await dialog(page).innerText(), /norvatek-systems\.net/);
    }));

  test("what is to be taken elsewhere is copied", () =>
    open(async (page) => {
      for (const [name, text] of [
        ["Copy the search query", /norvatek/],
        ["Copy the question", /Which program was it/],
        ["Copy the entry", /\[\[allow\]\]\nhost = "edge\.norvatek-systems\.net:443"/],
      ]) {
        await page.getByRole("button", { name }).click();
        await said(page, "Copied");
        assert.match(await page.evaluate(() => navigator.clipboard.readText()), text);
      }
    }, { permissions: ["clipboard-read", "clipboard-write"] }));

  test("several are decided about at once", () =>
    visit("/findings?severity=medium", async (page) => {
      await isLoaded(page);
      for (const box of await page.getByRole("checkbox", { name: "Select the row" }).all()) await box.check();
      await page.getByRole("region", { name: "With the selected:" }).getByRole("button", { name: "Confirm…" }).click();
      await dialog(page).getByRole("button", { name: "Confirm" }).click();
      await said(page, "2 findings changed");
      await page.waitForFunction(() => document.querySelectorAll(".rows .status-confirmed").length === 2);
    }));

  test("is found and sanctioned by keyboard alone", () =>
    visit("/", async (page) => {
      const key = (name) => page.keyboard.press(name);
      await page.getByRole("link", { name: "secure.ostrigon.net:443" }).or(page.locator(".empty")).first().waitFor();
      await key("g");
      await key("f");
      await page.getByRole("heading", { level: 1, name: "Findings" }).waitFor();
      await isLoaded(page);
      await key("/");
      await page.keyboard.type("ostrigon");
      await key("Enter");
      await page.waitForFunction(() => document.querySelectorAll(".rows .row").length === 1);
      await key("Escape");
      await key("j");
      await key("Enter");
      await page.getByRole("heading", { level: 1, name: "secure.ostrigon.net:443" }).waitFor();
      const focused = () => page.evaluate(() => document.activeElement?.textContent);
      for (let press = 0; press < 30 && (await focused()) !== "Sanction…"; ++press) await key("Tab");
      assert.equal(await focused(), "Sanction…");
      await key("Enter");
      await dialog(page).waitFor();
      await page.keyboard.type("Operations"); // the owner's field has the focus
      await key("Enter");
      await page.locator(".notice-good", { hasText: "Operations" }).waitFor();
      assert.equal(await focused(), "Sanction…", "the focus is where it was");
      await key("?");
      await dialog(page).getByText("to the search field").waitFor();
      await key("Escape");
      await dialog(page).waitFor({ state: "detached" });
    }));
});

describe("patterns", () => {
  test("one is begun from a finding, tried, saved, accepted, exported and removed", () =>
    visit(`/findings/${finding}`, async (page) => {
      await page.getByRole("link", { name: "Make a pattern" }).click();
      await page.getByText("3 of the finding's 3 sessions match.").waitFor();
      const text = page.getByRole("textbox", { name: "Text of the pattern" });
      const drafted = await text.inputValue();
      await text.fill(drafted.replace("all = [", "all = [["));
      await page.getByText(/^Line \d+/).waitFor();
      assert.ok(await button(page, "Save").isDisabled(), "what is no pattern is not saved");
      await text.fill(drafted.replace(/^name = .*$/m, 'name = "From the console"'));
      await page.getByText("3 of the finding's 3 sessions match.").waitFor();
      await page.getByRole("textbox", { name: "Id" }).fill("from-the-console");
      await button(page, "Save").click();
      await page.waitForURL(/\/patterns\/from-the-console$/);
      await page.getByRole("heading", { level: 1, name: "From the console" }).waitFor();
      assert.match(readFileSync(join(deployment.patterns, "from-the-console.toml"), "utf8"), /candidate = true/);

      await button(page, "Accept").click();
      await dialog(page).getByRole("button", { name: "Accept" }).click();
      await said(page, "Accepted");
      await page.locator("h1 .badge-good").waitFor();
      const exported = page.getByRole("group", { name: "Export" }).getByRole("link", { name: "Suricata" });
      const [download] = await Promise.all([page.waitForEvent("download"), exported.click()]);
      assert.match(readFileSync(await download.path(), "utf8"), /^alert tcp/m);

      await button(page, "Remove").click();
      await dialog(page).getByRole("button", { name: "Remove" }).click();
      await page.getByRole("heading", { level: 1, name: "Patterns" }).waitFor();
      assert.equal((await get("/api/patterns?limit=500")).rows.some(({ id }) => id === "from-the-console"), false);
    }));

  test("the list is filtered, and the accepted are exported", () =>
    visit("/patterns", async (page) => {
      await page.getByLabel("State").selectOption("accepted");
      await page.waitForURL(/state=accepted/);
      await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("group", { name: "Export the accepted" }).getByRole("link", { name: "Zeek" }).click(),
      ]);
      assert.match(readFileSync(await download.path(), "utf8"), /^# openssh-in-connect-/m);
    }));
});

describe("alerts", () => {
  test("come while the page is open", async () => {
    const before = (await get("/api/alerts?limit=500")).rows.length;
    await visit("/alerts", async (page) => {
      await page.getByText("Live", { exact: true }).waitFor();
      await page.getByRole("status").filter({ hasText: `${before} rows` }).waitFor();
      const came = watch(deployment, "stunnel-in-ssl-3c2c");
      assert.ok(came > 0);
      await page.locator(".row", { hasText: "new" }).locator(".status-new").first().waitFor();
      await page.getByRole("status").filter({ hasText: `${before + came} rows` }).waitFor();
      await page.locator(".rows .row").first().click();
      await dialog(page).getByText("The alert line").first().waitFor();
    });
  });

  test("wait where somebody has paused", () =>
    visit("/alerts", async (page) => {
      await isLoaded(page);
      await page.getByText("Live", { exact: true }).waitFor();
      await button(page, "Pause").click();
      watch(deployment, "openvpn-in-connect-0ede");
      await page.getByRole("button", { name: /new alerts?: show/ }).waitFor();
      await button(page, "Go on").click();
      await page.locator(".rows .status-new").first().waitFor();
    }));
});

test("the audit log has all that was done", () =>
  visit("/audit", async (page) => {
    await isLoaded(page);
    const actions = new Set((await get("/api/audit?limit=500")).rows.map(({ action }) => action));
    for (const action of ["sanction", "confirm", "reset", "name", "assign", "note", "whois", "pattern-save",
                          "pattern-accept", "pattern-remove"])
      assert.ok(actions.has(action), action);
    await page.getByText("sanctioned").first().click();
    await dialog(page).getByText("One").or(dialog(page).locator("dl")).first().waitFor();
  }));

describe("over TLS with a password", () => {
  let secured;
  before(async () => {
    const own = join(place, "secured");
    mkdirSync(own);
    const [key, certificate, users] = ["key.pem", "certificate.pem", "users"].map((name) => join(own, name));
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"], { stdio: "ignore" });
    try {
      execFileSync("htpasswd", ["-cbBC", "5", users, "sato", "correct horse"], { stdio: "ignore" });
    } catch {
      return; // apache2-utils is not there
    }
    const copy = copyOf(deployment, own);
    secured = await startConsole(["--db", copy.database, "--patterns", copy.patterns, "--certificate", certificate,
      "--key", key, "--htpasswd", users]);
  });
  after(() => secured?.stop());

  test("people sign in, and out again", async (t) => {
    if (!secured) return t.skip("no htpasswd");
    const options = { ignoreHTTPSErrors: true };
    await visit("/findings", async (page) => {
      assert.deepEqual(await seriousViolations(page), []);
      await page.getByLabel("User").fill("sato");
      await page.getByLabel("Password").fill("wrong");
      await button(page, "Sign in").click();
      await page.getByText("User or password are wrong.").waitFor();
      // That the answer was 401 is told by the browser itself.
      assert.match(page.problems.splice(0).join(), /^console: .*401/);
      await page.getByLabel("Password").fill("correct horse");
      await button(page, "Sign in").click();
      await page.getByRole("heading", { level: 1, name: "Findings" }).waitFor();
      await page.getByText("Signed in as sato").waitFor();
      const [cookie] = await page.context().cookies();
      assert.deepEqual(
        [cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite],
        ["__Host-mogura_session", true, true, "Strict"],
      );
      await button(page, "Sign out").click();
      await page.getByLabel("Password").waitFor();
    }, options, secured.url);
    await visit("/", async (page) => {
      await page.getByRole("heading", { level: 1, name: "ログイン" }).waitFor();
      assert.deepEqual(await seriousViolations(page), []);
    }, { ...options, locale: "ja-JP", colorScheme: "dark", viewport: { width: 390, height: 844 } }, secured.url);
  });
});
