// As many rows of a list as a picture or a choice among them needs, page after page up to a bound.
import { useEffect, useState } from "preact/hooks";
import { ApiError, get, isAbort, type Query, urlOf } from "../api";
import type { Page } from "../types";

const kPageRows = 500;

export interface Some<Row> {
  rows: Row[] | undefined; // undefined: not yet
  isCut: boolean; // there are more than were asked for
  error: ApiError | undefined;
}

async function askSome<Row>(path: string, query: Query, most: number, signal: AbortSignal): Promise<Some<Row>> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page: Page<Row> = await get<Page<Row>>(path, { ...query, limit: kPageRows, after }, signal);
    rows.push(...page.rows);
    after = page.rows.length > 0 ? page.next || undefined : undefined;
  } while (after !== undefined && rows.length < most);
  return { rows: rows.slice(0, most), isCut: after !== undefined || rows.length > most, error: undefined };
}

export function useSome<Row>(path: string, query: Query, most: number): Some<Row> {
  const url = urlOf(path, query);
  const [state, setState] = useState<Some<Row>>({ rows: undefined, isCut: false, error: undefined });
  useEffect(() => {
    const abort = new AbortController();
    setState({ rows: undefined, isCut: false, error: undefined });
    askSome<Row>(path, query, most, abort.signal).then(setState, (error: unknown) => {
      if (isAbort(error)) return;
      const known = error instanceof ApiError ? error : new ApiError(0, "failed", String(error));
      setState({ rows: undefined, isCut: false, error: known });
    });
    return () => abort.abort();
  }, [url, most]);
  return state;
}
