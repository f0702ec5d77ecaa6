// What a reader of hostile text would not see, and how it is written instead: the same on the console, in its charts
// and in the report.

// Controls, formats (bidirectional, zero-width, tags), separators, lone surrogates, private use, and whatever Unicode
// says may be left out when shown; spaces other than the plain and the ideographic one.
const kUnseenClasses = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Co}\\p{DI}]|(?![ \\u3000])\\p{Zs}";
const kUnseen = new RegExp(kUnseenClasses, "u");
const kAllUnseen = new RegExp(kUnseenClasses, "gu");

export const isUnseen = (character: string): boolean => kUnseen.test(character);

export const withEscapes = (text: string): string => text.replace(kAllUnseen, escapeOf);

export function escapeOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  const hex = code.toString(16);
  if (code < 0x100) return "\\x" + hex.padStart(2, "0");
  return code > 0xffff ? `\\u{${hex}}` : "\\u" + hex.padStart(4, "0");
}
