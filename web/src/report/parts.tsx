// Small parts of the page.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useOpenInPrint, visible } from "../charts";
import { useNumber, useWords } from "./words";

// A name from the wire. It is cut: no name is worth a page.
export function Name({ text }: { text: string }) {
  const words = useWords();
  return text === "" ? <em>{words.emptyKey}</em> : <bdi class="name">{visible(text, 1200)}</bdi>;
}

export function Severity({ severity }: { severity: string }) {
  const mark: Record<string, string> = { high: "▲", medium: "◆", low: "●" };
  return (
    <span class={`severity severity-${severity}`}>
      <span aria-hidden="true">{mark[severity] ?? ""}</span> {useWords().severities[severity] ?? severity}
    </span>
  );
}

const kNamesShown = 6;

// The first few of a list, and all of it when asked for.
export function Names({ names, count }: { names: string[]; count: number }) {
  const words = useWords();
  const number = useNumber();
  const [isWhole, setIsWhole] = useState(false);
  useOpenInPrint(setIsWhole);
  if (names.length === 0) return <>{count > 0 ? number(count) : words.none}</>;
  const shown = isWhole ? names : names.slice(0, kNamesShown);
  return (
    <>
      <ul class="names">
        {shown.map((name, i) => (
          <li key={i}>
            <Name text={name} />
          </li>
        ))}
      </ul>
      {count > shown.length && <span class="quiet">{words.more(number(count - shown.length))} </span>}
      {names.length > shown.length && (
        <button type="button" class="link no-print" onClick={() => setIsWhole(true)}>
          {words.showAll}
        </button>
      )}
    </>
  );
}

// The first rows of a long list; all of them when asked for, or on paper. Makes a report of a thousand findings open at
// once.
export function useBeginning<Row>(rows: Row[], count: number, isAllNeeded = false): [Row[], ComponentChildren] {
  const words = useWords();
  const number = useNumber();
  const [isWhole, setIsWhole] = useState(false);
  useOpenInPrint(setIsWhole);
  if (isWhole || isAllNeeded || rows.length <= count) return [rows, null];
  const button = (
    <p class="no-print">
      <button type="button" onClick={() => setIsWhole(true)} data-testid="show-all">
        {words.showAll} ({number(rows.length)})
      </button>
    </p>
  );
  return [rows.slice(0, count), button];
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

// For browsers that keep the clipboard from pages that came from a file.
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "off-screen";
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const words = useWords();
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    setSaid((await copyText(text)) ? words.copied : words.copyFailed);
    setTimeout(() => setSaid(""), 2000);
  };
  return (
    <span class="no-print">
      <button type="button" onClick={copy} aria-label={`${words.copy}: ${label}`} data-testid="copy">
        {words.copy}
      </button>{" "}
      <span role="status" class="quiet">
        {said}
      </span>
    </span>
  );
}

export interface SectionProps {
  id: string;
  title: string;
  children: ComponentChildren;
}

export function Section({ id, title, children }: SectionProps) {
  return (
    <section id={id} class="section" aria-labelledby={`${id}-title`} data-testid={id}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}
