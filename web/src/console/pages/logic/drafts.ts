// Texts that somebody has begun to change and not saved, as long as the page is loaded.

const kMost = 20;
const drafts = new Map<string, string>(); // oldest first

export const draftOf = (key: string): string | undefined => drafts.get(key);

// undefined: there is none any more.
export function keepDraft(key: string, text: string | undefined): void {
  drafts.delete(key);
  if (text === undefined) return;
  drafts.set(key, text);
  for (const oldest of drafts.keys()) {
    if (drafts.size <= kMost) break;
    drafts.delete(oldest);
  }
}
