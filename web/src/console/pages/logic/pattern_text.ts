// What the pattern editor has to know of a pattern's text without reading TOML: where an error stands, and
// which finding it came from. The program alone says whether a text is a pattern.

// docs/formats/pattern.md
export const kPatternBytes = 64 << 10;

export interface TextError {
  line?: number; // from 1
  message: string;
}

// "pattern.toml:4: knd: there is no such condition", "line 4: …", "there is no such file".
export function placeOfError(error: string): TextError {
  const place = /^(?:[^\s:]*:|(?:[^:\n]*\s)?line )(\d{1,7})(?!\d):? ?/.exec(error);
  if (place === null) return { message: error };
  const line = Number(place[1]);
  const message = error.slice(place[0].length);
  return line > 0 ? { line, message: message === "" ? error : message } : { message: error };
}

export function isPatternId(id: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(id);
}

export function sourceFindingOf(text: string): string {
  return /^source_finding\s*=\s*"([0-9a-f]{1,64})"/m.exec(text)?.[1] ?? "";
}

export function linesOf(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) ++lines;
  return lines;
}

// Where a line (from 1) begins and ends, for a selection; of a line that is not there, the end.
export function rangeOfLine(text: string, line: number): [number, number] {
  let begin = 0;
  for (let n = 1; n < line; ++n) {
    const end = text.indexOf("\n", begin);
    if (end < 0) return [text.length, text.length];
    begin = end + 1;
  }
  const end = text.indexOf("\n", begin);
  return [begin, end < 0 ? text.length : end];
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

// Part of a whole from 0 to 1; nothing where nothing was measured.
export function shareOf(hits: number | undefined, of: number | undefined): number | undefined {
  return hits === undefined || !of ? undefined : Math.min(1, hits / of);
}
