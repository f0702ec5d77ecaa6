// What the page says, in English and Japanese. Sentences of evidence, and the question to the sender, were written by
// the program and stay in English; what kind of evidence it is stands before them in the reader's language.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { en } from "./words_en";
import { ja } from "./words_ja";

export type Language = "en" | "ja";
export type Words = typeof en;

export function wordsOf(language: Language): Words {
  return language === "ja" ? ja : en;
}

export function preferredLanguage(): Language {
  return navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en";
}

export const LanguageContext = createContext<Language>("en");

export function useWords(): Words {
  return wordsOf(useContext(LanguageContext));
}

export function useNumber(): (value: number) => string {
  const language = useContext(LanguageContext);
  return (value) => value.toLocaleString(language);
}

// "2026-11-22 06:26:57": UTC, as everywhere in mogura.
export function when(time: string | undefined): string {
  return time === undefined ? "" : `${time.slice(0, 10)} ${time.slice(11, 19)}`;
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let scaled = value;
  while (scaled >= 1000 && unit + 1 < units.length) {
    scaled /= 1000;
    ++unit;
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}
