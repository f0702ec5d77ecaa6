import { withEscapes } from "./unseen";

// More combining marks on one letter than any script needs climb over the lines above.
const kPiledMarks = /(\p{M}{4})\p{M}+/gu;

// The text with unseen characters made visible, and at most `limit` UTF-16 units of it.
export function visible(text: string, limit = 2000): string {
  return withEscapes(cutEnd(text, limit)).replace(kPiledMarks, "$1");
}

function cutEnd(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

// Drawn twice as wide as a Latin letter.
const kWide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;

function widthOf(character: string): number {
  return kWide.test(character) ? 2 : 1;
}

// Visible, as wide as so many Latin letters at most, both ends kept: names differ in the middle least.
export function shorten(text: string, letters: number): string {
  const all = [...visible(text, 4000)];
  if (all.reduce((sum, character) => sum + widthOf(character), 0) <= letters) return all.join("");
  const head = beginning(all, Math.ceil((letters - 1) / 2));
  const tail = beginning(all.reverse(), letters - 1 - Math.ceil((letters - 1) / 2));
  return `${head.join("")}…${tail.reverse().join("")}`;
}

function beginning(characters: string[], letters: number): string[] {
  let width = 0;
  const end = characters.findIndex((character) => (width += widthOf(character)) > letters);
  return characters.slice(0, end < 0 ? characters.length : end);
}
