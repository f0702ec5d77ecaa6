// Names come from the wire: what a reader cannot see, or what turns the line around, is shown as its code point.
const kUnseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\u{e0000}|[\u{e0001}-\u{e0fff}]/gu;
// More combining marks on one letter than any script needs climb over the lines above.
const kPiledMarks = /(\p{M}{4})\p{M}+/gu;

// The text with unseen characters made visible, and at most `limit` UTF-16 units of it.
export function visible(text: string, limit = 2000): string {
  return cutEnd(text, limit).replace(kUnseen, escaped).replace(kPiledMarks, "$1");
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
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
