// What a person has chosen for this browser: kept in its local storage, where that is allowed.
import { useCallback, useState } from "preact/hooks";

export type Theme = "auto" | "light" | "dark";

export function stored(name: string): string | null {
  try {
    return localStorage.getItem("mogura." + name);
  } catch {
    return null; // forbidden by the browser's settings: the choice holds for this page
  }
}
export function store(name: string, value: string): void {
  try {
    localStorage.setItem("mogura." + name, value);
  } catch {
    // as above
  }
}

export const themeFor = (value: string | null): Theme => (value === "light" || value === "dark" ? value : "auto");

export function applyTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function useStored(name: string, first: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => stored(name) ?? first);
  const set = useCallback(
    (next: string) => {
      store(name, next);
      setValue(next);
    },
    [name],
  );
  return [value, set];
}
