// Questions and actions over fetch: tokens, errors, the end of a session.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ApiError, errorOf, get, isAbort, loadSession, pathOf, post, rememberToken, urlOf, whenChanged, whenSignedOut,
} from "../src/console/api";

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
const error = (status: number, code: string): Response => json(status, { error: { code, message: "why" } });

const signedIn = (csrf: string) => ({ user: "u", csrf, version: "1", needs_login: true, read_only: false, patterns: "none", whois: false });

let answers: (Response | Error)[] = [];
const asked: { url: string; options: RequestInit }[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", (url: string, options: RequestInit) => {
    asked.push({ url, options });
    const answer = answers.shift();
    return answer instanceof Error || answer === undefined ? Promise.reject(answer) : Promise.resolve(answer);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  whenSignedOut(() => {});
  whenChanged(() => {});
});

const tokenOf = (index: number): string | null => new Headers(asked[index]?.options.headers).get("X-CSRF-Token");

describe("urlOf", () => {
  it.each([
    ["/api/x", {}, "/api/x"],
    ["/api/x", { a: "", b: undefined, c: false }, "/api/x"],
    ["/api/x", { a: true, n: 3, q: "ä&" }, "/api/x?a=1&n=3&q=%C3%A4%26"],
    ["/api/x", { n: 0 }, "/api/x?n=0"],
  ])("%s %j", (path, query, expected) => {
    expect(urlOf(path, query)).toBe(expected);
  });
  it("cannot be led out of /api by data", () => {
    expect(pathOf("findings", "../../x?y#z", "notes")).toBe("/api/findings/..%2F..%2Fx%3Fy%23z/notes");
  });
});

describe("errorOf", () => {
  it.each([
    ["ours", error(409, "conflict"), 409, "conflict", "why"],
    ["a proxy's page", new Response("<h1>bad gateway</h1>", { status: 502 }), 502, "unreadable", "HTTP 502"],
    ["JSON of another shape", json(500, { error: "x" }), 500, "unreadable", "HTTP 500"],
    ["JSON null", json(500, null), 500, "unreadable", "HTTP 500"],
  ])("%s", async (_why, response, status, code, message) => {
    expect(await errorOf(response)).toMatchObject({ status, code, message });
  });
  it("knows how long to wait", async () => {
    const slow = json(429, { error: { code: "slow-down", message: "" } }, { "Retry-After": "7" });
    expect((await errorOf(slow)).retryAfter).toBe(7);
  });
});

describe("get and post", () => {
  it("sends the token with what changes something, and only then", async () => {
    rememberToken(signedIn("T") as never);
    answers = [json(200, {}), json(200, {})];
    await get("/api/overview");
    await post("/api/findings/1/notes", { text: "x" });
    expect(tokenOf(0)).toBeNull();
    expect(tokenOf(1)).toBe("T");
    expect(asked[1]?.options.body).toBe('{"text":"x"}');
  });

  it("fetches a new token once when the old one is refused", async () => {
    rememberToken(signedIn("old") as never);
    answers = [error(403, "csrf"), json(200, signedIn("new")), json(200, { ok: 1 })];
    await expect(post("/api/x")).resolves.toEqual({ ok: 1 });
    expect([tokenOf(0), tokenOf(2)]).toEqual(["old", "new"]);
  });

  it("does not try a third time", async () => {
    answers = [error(403, "csrf"), json(200, signedIn("new")), error(403, "csrf")];
    await expect(post("/api/x")).rejects.toMatchObject({ code: "csrf" });
    expect(asked).toHaveLength(3);
  });

  it("says when the session has ended, but not when a login fails", async () => {
    const signedOut = vi.fn();
    whenSignedOut(signedOut);
    answers = [error(401, "login"), error(401, "login")];
    await expect(get("/api/findings")).rejects.toBeInstanceOf(ApiError);
    expect(signedOut).toHaveBeenCalledTimes(1);
    await expect(post("/api/login", {})).rejects.toMatchObject({ status: 401 });
    expect(signedOut).toHaveBeenCalledTimes(1);
  });

  it("tells lists that something was changed", async () => {
    const changed = vi.fn();
    whenChanged(changed);
    answers = [json(200, {}), new Response(null, { status: 204 }), error(400, "bad-request")];
    await get("/api/x");
    expect(changed).not.toHaveBeenCalled();
    await expect(post("/api/logout")).resolves.toBeUndefined();
    await expect(post("/api/x")).rejects.toBeInstanceOf(ApiError);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["no answer", new TypeError("Failed to fetch"), { status: 0, code: "network" }],
    ["not JSON", new Response("<html>"), { status: 200, code: "unreadable" }],
  ])("%s is an error of its own", async (_why, answer, expected) => {
    answers = [answer];
    await expect(get("/api/x")).rejects.toMatchObject(expected);
  });

  it("passes an abort on as such", async () => {
    answers = [new DOMException("aborted", "AbortError")];
    const failure = await get("/api/x").catch((reason: unknown) => reason);
    expect(isAbort(failure)).toBe(true);
  });

  it("takes the token from the session", async () => {
    answers = [json(200, signedIn("S")), json(200, {})];
    await loadSession();
    await post("/api/x");
    expect(tokenOf(1)).toBe("S");
  });
});
