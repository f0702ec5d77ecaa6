// How text from the wire is made harmless for the eye. It is never markup: it becomes text nodes and attribute
// values only. What is left is deception: characters that are not seen, that turn the order of others around,
// or that pile up. They are written as \u202e.
import { escapeOf, isUnseen } from "../../charts/unseen";

export interface Piece {
  text: string;
  isEscape: boolean; // written by us for a character that would not show itself
}

const kMark = /\p{M}/u;
export const kMarksInARow = 3; // further ones on one letter are written out: no script needs more

// Plain runs and escapes in turn. Joined, `text` tells everything that the input held.
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let marks = 0;
  for (const character of text) {
    marks = kMark.test(character) ? marks + 1 : 0;
    const isEscape = marks > kMarksInARow || isUnseen(character);
    const shown = isEscape ? escapeOf(character) : character;
    const last = pieces[pieces.length - 1];
    if (last && last.isEscape === isEscape) last.text += shown;
    else pieces.push({ text: shown, isEscape });
  }
  return pieces;
}

// The first `most` UTF-16 units, but never half a character.
export function cutAt(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

export const kTitleMost = 400;

// For title, aria-label, alt and the clipboard's status line, where nothing can be dimmed: a backslash of the text's
// own is doubled, so that nobody can imitate an escape.
export function plainOf(text: string, most = kTitleMost): string {
  const cut = cutAt(text, most);
  const pieces = piecesOf(cut).map((piece) => (piece.isEscape ? piece.text : piece.text.replaceAll("\\", "\\\\")));
  return pieces.join("") + (cut.length < text.length ? "…" : "");
}
