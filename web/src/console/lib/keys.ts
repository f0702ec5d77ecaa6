// Single-key commands: not while somebody types, not with Ctrl, Alt or Meta, not while a dialog is open, and not
// where they are switched off (WCAG 2.1.4).
import { useLayoutEffect, useRef } from "preact/hooks";
import { stored } from "./settings";

export const kShortcutsSetting = "shortcuts";
export const hasShortcuts = (): boolean => stored(kShortcutsSetting) !== "off";

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

export function isCommand(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return false;
  if (isTyping(event.target)) return false;
  return document.querySelector("dialog[open]") === null;
}

// `handler` says whether it has used the key.
export function useKeys(handler: (key: string, event: KeyboardEvent) => boolean): void {
  const latest = useRef(handler);
  latest.current = handler;
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isCommand(event) && hasShortcuts() && latest.current(event.key, event)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
