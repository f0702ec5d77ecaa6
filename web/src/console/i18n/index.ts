// Two languages, checked by the compiler: a dictionary's Japanese half has the type of its English one, so a missing
// or surplus key does not build. Texts with something in them are functions.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { en } from "./en";
import { ja } from "./ja";

export type Language = "en" | "ja";

// The same keys; texts are any text, functions take the same.
export type Like<Texts> = {
  readonly [Key in keyof Texts]: Texts[Key] extends string
    ? string
    : Texts[Key] extends (...values: infer Values) => string
      ? (...values: Values) => string
      : Like<Texts[Key]>;
};

export const LanguageContext = createContext<Language>("en");
export const useLanguage = (): Language => useContext(LanguageContext);

// const t = useTexts(en, ja): a page's own dictionary in the language that is shown.
export function useTexts<Texts>(english: Texts, japanese: Like<Texts>): Like<Texts> {
  return useLanguage() === "ja" ? japanese : (english as Like<Texts>);
}

// What all pages share.
export const useCommon = (): Like<typeof en> => useTexts(en, ja);

// A label for a word of the API ("connect", "new"): ours where we know it, else the word itself (hostile).
export function labelOf(labels: object, word: string): string {
  return Object.hasOwn(labels, word) ? String((labels as Record<string, unknown>)[word]) : word;
}

export function languageFor(stored: string | null, preferred: readonly string[]): Language {
  if (stored === "en" || stored === "ja") return stored;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "ja" || primary === "en") return primary;
  }
  return "en";
}
