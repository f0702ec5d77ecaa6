// The program's questions and actions over fetch: the token for what changes something, errors as one type, the
// login page when the session has ended. Components ask through useApi (lib/use_api.ts).
import type { Session, SignedIn } from "./types";

export type Query = Record<string, string | number | boolean | undefined>;

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: no answer
    readonly code: string, // of docs/formats/console-api.md; "network", "unreadable"
    message: string,
    readonly retryAfter?: number, // seconds
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

// "/api/x?a=1": parameters without a value are left out, true is 1.
export function urlOf(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "" || value === false) continue;
    parameters.set(name, value === true ? "1" : String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

// The answer's error in our type, whatever came: JSON, a proxy's HTML, nothing.
export async function errorOf(response: Response): Promise<ApiError> {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  try {
    const body = (await response.json()) as { error?: { code?: unknown; message?: unknown } };
    const { code, message } = body.error ?? {};
    if (typeof code === "string")
      return new ApiError(response.status, code, typeof message === "string" ? message : code, retryAfter);
  } catch {
    // not JSON: told by the status alone
  }
  return new ApiError(response.status, "unreadable", `HTTP ${response.status}`, retryAfter);
}

let token = "";
let onSignedOut: () => void = () => {};
let onChange: () => void = () => {};

export function rememberToken(session: Session): void {
  token = "csrf" in session ? session.csrf : "";
}
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}
// Called after every action: what lists keep in memory is no longer true.
export function whenChanged(handler: () => void): void {
  onChange = handler;
}

async function send(method: string, url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const options: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (method !== "GET") {
    headers["X-CSRF-Token"] = token;
    headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body ?? {});
  }
  if (signal) options.signal = signal;
  try {
    return await fetch(url, options);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(0, "network", "no answer");
  }
}

async function request<Answer>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  let response = await send(method, url, body, signal);
  if (!response.ok) {
    let error = await errorOf(response);
    if (error.code === "csrf" && method !== "GET") {
      // The program was started anew: its token is another one.
      rememberToken(await request<Session>("GET", "/api/session"));
      response = await send(method, url, body, signal);
      if (!response.ok) error = await errorOf(response);
    }
    if (!response.ok) {
      if (error.status === 401 && url !== "/api/login") onSignedOut();
      throw error;
    }
  }
  if (method !== "GET") onChange();
  if (response.status === 204) return undefined as Answer;
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(response.status, "unreadable", "the answer is not JSON");
  }
}

export const get = <Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> =>
  request<Answer>("GET", urlOf(path, query), undefined, signal);
export const post = <Answer>(path: string, body: object = {}, signal?: AbortSignal): Promise<Answer> =>
  request<Answer>("POST", path, body, signal);
export const remove = <Answer>(path: string): Promise<Answer> => request<Answer>("DELETE", path);

export async function loadSession(): Promise<Session> {
  const session = await get<Session>("/api/session");
  rememberToken(session);
  return session;
}
export async function login(body: { user: string; password: string } | { token: string }): Promise<SignedIn> {
  const session = await post<SignedIn>("/api/login", body);
  rememberToken(session);
  return session;
}
export const logout = (): Promise<void> => post<void>("/api/logout");

// "/api/findings/ID/notes" from parts that are data.
export const pathOf = (...parts: string[]): string => "/api/" + parts.map(encodeURIComponent).join("/");
