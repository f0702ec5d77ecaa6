// Filters live in the URL's query: a list is a link that can be passed on, and Back works.
import { useCallback, useMemo } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";

export type Filters<Name extends string> = Partial<Record<Name, string>>;

// Of the query, what has one of the names; the first of each; empty ones are not there.
export function filtersFrom<Name extends string>(search: string, names: readonly Name[]): Filters<Name> {
  const parameters = new URLSearchParams(search);
  const filters: Filters<Name> = {};
  for (const name of names) {
    const value = parameters.get(name);
    if (value) filters[name] = value;
  }
  return filters;
}

// The query with these set (empty or undefined: taken out), the others as they were; in order of names, so that
// the same filters are the same link.
export function searchWith(search: string, changes: Record<string, string | undefined>): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  parameters.sort();
  return parameters.toString();
}

export const linkTo = (path: string, query: Record<string, string | undefined> = {}): string => {
  const search = searchWith("", query);
  return search ? `${path}?${search}` : path;
};

// `set` goes one step further in the history; with `replace` it corrects the step (while somebody types).
export function useFilters<Name extends string>(
  names: readonly Name[],
): [Filters<Name>, (changes: Filters<Name>, options?: { replace?: boolean }) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const key = names.join();
  // The router has undone some of the encoding of what it gives ("%2500" would be read as a zero byte).
  const filters = useMemo(() => filtersFrom(window.location.search, names), [search, key]);
  const set = useCallback(
    (changes: Filters<Name>, options: { replace?: boolean } = {}) => {
      const next = searchWith(window.location.search, changes as Record<string, string | undefined>);
      if (next === searchWith(window.location.search, {})) return;
      navigate(next ? `${path}?${next}` : path, { replace: options.replace ?? false });
    },
    [path, navigate],
  );
  return [filters, set];
}
