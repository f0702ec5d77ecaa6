// The rows of a list, page after page, as far as somebody has scrolled. What was loaded is remembered for a while, so
// that Back shows the list as it was left.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, isAbort, urlOf, type Query } from "../api";
import type { Page } from "../types";

const kPageRows = 200;
const kMostRows = 500; // that the program gives at once
const kListsRemembered = 8;

interface Remembered {
  rows: unknown[];
  next: string | undefined;
  total: number | undefined;
  scroll: number;
  active: number; // the row that the keyboard was on
  isStale: boolean; // something was changed since
}

const remembered = new Map<string, Remembered>(); // oldest first

function remember(url: string, list: Remembered): void {
  remembered.delete(url);
  remembered.set(url, list);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= kListsRemembered) break;
    remembered.delete(oldest);
  }
}

// Something was changed: what is remembered is asked for again before it is trusted.
export function forgetLists(): void {
  for (const list of remembered.values()) list.isStale = true;
}

// Whether the step before or after in the history was asked for: only then is a list shown as it was left.
let isStep = false;
if (typeof window !== "undefined") {
  window.addEventListener("popstate", () => (isStep = true));
  for (const name of ["pushState", "replaceState"]) window.addEventListener(name, () => (isStep = false));
}

interface State<Row> {
  url: string;
  rows: Row[];
  next: string | undefined;
  total: number | undefined;
  loading: boolean;
  error: ApiError | undefined;
  restored: { scroll: number; active: number } | undefined;
}

export interface Rows<Row> extends State<Row> {
  more: () => void; // the next page, if there is one and none is under way
  reload: () => void; // as many rows again, from the first on
  leave: (scroll: number, active: number) => void; // what to come back to
}

function begin<Row>(url: string): State<Row> {
  const old = isStep ? remembered.get(url) : undefined;
  const rows = (old?.rows ?? []) as Row[];
  const isTrusted = old !== undefined && !old.isStale;
  return {
    url,
    rows,
    next: old?.next,
    total: old?.total,
    loading: !isTrusted,
    error: undefined,
    restored: old && { scroll: old.scroll, active: old.active },
  };
}

export function useRows<Row>(path: string, query: Query): Rows<Row> {
  const url = urlOf(path, query);
  const [stored, setStored] = useState<State<Row>>(() => begin(url));
  const latest = useRef(stored);
  const abort = useRef<AbortController>();
  // What belongs to another URL is not shown, not even for one frame.
  if (latest.current.url !== url) latest.current = begin(url);
  else if (stored.url === url) latest.current = stored;
  const state = latest.current;

  const set = useCallback((next: State<Row>) => {
    latest.current = next;
    setStored(next);
  }, []);

  const load = useCallback(
    (after: string | undefined, limit: number) => {
      abort.current?.abort();
      const mine = new AbortController();
      abort.current = mine;
      set({ ...latest.current, loading: true, error: undefined });
      get<Page<Row>>(path, { ...query, limit, after }, mine.signal).then(
        (page) => {
          const rows = after === undefined ? page.rows : [...latest.current.rows, ...page.rows];
          const total = page.total ?? (after === undefined ? undefined : latest.current.total);
          set({ ...latest.current, rows, next: page.next || undefined, total, loading: false });
        },
        (error: unknown) => {
          if (isAbort(error)) return;
          const known = error instanceof ApiError ? error : new ApiError(0, "failed", String(error));
          set({ ...latest.current, loading: false, error: known });
        },
      );
    },
    [url],
  );

  useEffect(() => {
    const first = latest.current;
    if (first.loading) load(undefined, Math.min(kMostRows, Math.max(kPageRows, first.rows.length)));
    else set(first);
    return () => abort.current?.abort();
  }, [url]);

  const more = useCallback(() => {
    const { next, loading, error } = latest.current;
    if (next !== undefined && !loading && !error) load(next, kPageRows);
  }, [load]);
  const reload = useCallback(() => {
    load(undefined, Math.min(kMostRows, Math.max(kPageRows, latest.current.rows.length)));
  }, [load]);
  const leave = useCallback(
    (scroll: number, active: number) => {
      const { url: of, rows, next, total, loading } = latest.current;
      if (of === url && !loading) remember(url, { rows, next, total, scroll, active, isStale: false });
    },
    [url],
  );
  return { ...state, more, reload, leave };
}
