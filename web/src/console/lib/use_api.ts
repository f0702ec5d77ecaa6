import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, isAbort, urlOf, type Query } from "../api";

export interface Asked<Answer> {
  data: Answer | undefined; // stays while a newer one is asked for
  error: ApiError | undefined;
  loading: boolean;
  reload: () => void;
  set: (data: Answer) => void; // what an action has answered
}

// Asks when path or query change, and forgets the answer to the question before. `path` undefined: asks nothing.
export function useApi<Answer>(path: string | undefined, query: Query = {}): Asked<Answer> {
  const url = path === undefined ? undefined : urlOf(path, query);
  const [state, setState] = useState<{ url?: string; data?: Answer; error?: ApiError; loading: boolean }>({
    loading: url !== undefined,
  });
  const [round, setRound] = useState(0);
  const shown = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (url === undefined) return;
    const abort = new AbortController();
    const isOther = shown.current !== url;
    shown.current = url;
    setState((old) => (isOther ? { loading: true } : { ...old, loading: true }));
    get<Answer>(url, {}, abort.signal).then(
      (data) => setState({ url, data, loading: false }),
      (error: unknown) => {
        if (isAbort(error)) return;
        const known = error instanceof ApiError ? error : new ApiError(0, "failed", String(error));
        setState((old) => ({ ...old, error: known, loading: false }));
      },
    );
    return () => abort.abort();
  }, [url, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  const set = useCallback((data: Answer) => setState((old) => ({ ...old, data, loading: false })), []);
  return { data: state.data, error: state.error, loading: state.loading, reload, set };
}
