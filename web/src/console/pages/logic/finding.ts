// What the page of a finding makes of its data.
import type { LengthFeature, StringFeature } from "../../types";

type Direction = "up" | "down";
const isDirection = (dir: string): dir is Direction => dir === "up" || dir === "down";

export interface LengthRow {
  dir: Direction;
  length: number;
  count: number;
  sessions: number;
}
export const lengthRows = (lengths: readonly LengthFeature[] = []): LengthRow[] =>
  lengths.flatMap(({ dir, length, count, sessions }) =>
    isDirection(dir) ? [{ dir, length, count, sessions: sessions ?? 0 }] : [],
  );

export interface ByteRow {
  dir: Direction;
  message?: number;
  offset: number;
  hex: string;
  text?: string;
  count: number;
  sessions: number;
}
export const byteRows = (strings: readonly StringFeature[] = []): ByteRow[] =>
  strings.flatMap(({ dir, sessions, ...rest }) =>
    isDirection(dir) && /^([0-9a-f]{2})+$/i.test(rest.hex) ? [{ dir, sessions: sessions ?? 0, ...rest }] : [],
  );

// As the program counts them: UTF-8.
export const byteLength = (text: string): number => new TextEncoder().encode(text).length;
export const kNoteBytes = 4096;

// A link may carry so much: servers and browsers refuse longer addresses.
const kLinkMost = 1500;
export const fitsLink = (text: string): boolean => text !== "" && text.length <= kLinkMost;

export const percentText = (ratio: number): string => String(Math.round(Math.min(1, Math.max(0, ratio)) * 100));
