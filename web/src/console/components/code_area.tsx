// A text area for code: line numbers beside it, and an error told at its line. Lines do not wrap, so that each number
// stands beside its line; Tab leaves the field, as in any other.
import { useId, useImperativeHandle, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Ref } from "preact";
import { plainOf } from "../lib/hostile";
import { linesOf, rangeOfLine } from "../pages/logic/pattern_text";

export interface CodeAreaHandle {
  goTo: (line: number) => void;
}

interface Props {
  label: string;
  value: string;
  onValue: (value: string) => void;
  onSave?: () => void; // Ctrl+S
  isReadOnly?: boolean;
  error?: { line?: number; message: string } | undefined;
  errorId?: string; // the element that tells the error in full
  handle?: Ref<CodeAreaHandle>;
}

export function CodeArea(props: Props) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const mark = useRef<HTMLDivElement>(null);
  const lines = linesOf(props.value);
  const wrong = props.error?.line;
  const [height, setHeight] = useState(21);

  const follow = () => {
    const top = area.current?.scrollTop ?? 0;
    if (gutter.current) gutter.current.scrollTop = top;
    if (mark.current) mark.current.style.transform = `translateY(${-top}px)`;
  };
  useLayoutEffect(() => {
    const line = Number.parseFloat(area.current ? getComputedStyle(area.current).lineHeight : "");
    if (Number.isFinite(line) && line > 0) setHeight(line);
    follow();
  }, [wrong, lines]);
  const goTo = (line: number) => {
    const field = area.current;
    if (!field) return;
    const [from, to] = rangeOfLine(props.value, line);
    field.focus();
    field.setSelectionRange(from, to);
    field.scrollTop = Math.max(0, (line - 4) * height);
    follow();
  };
  useImperativeHandle(props.handle ?? null, () => ({ goTo }), [props.value, height]);

  return (
    <div class="code-area">
      <label class="visually-hidden" for={id}>
        {props.label}
      </label>
      <div class="code-gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => (
          <div key={i} class={i + 1 === wrong ? "code-wrong" : undefined}>
            {i + 1}
          </div>
        ))}
      </div>
      <div class="code-field">
        {wrong !== undefined && wrong <= lines && (
          <div class="code-mark-frame" aria-hidden="true">
            <div ref={mark}>
              <div class="code-mark" style={{ top: `${(wrong - 1) * height}px`, height: `${height}px` }}>
                <span>{plainOf(props.error?.message ?? "", 200)}</span>
              </div>
            </div>
          </div>
        )}
        <textarea
          ref={area}
          id={id}
          class="mono"
          wrap="off"
          value={props.value}
          rows={Math.max(12, Math.min(32, lines + 1))}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          readOnly={props.isReadOnly ?? false}
          aria-invalid={props.error ? "true" : undefined}
          aria-describedby={props.error ? props.errorId : undefined}
          onInput={(event) => props.onValue(event.currentTarget.value)}
          onScroll={follow}
          onKeyDown={(event) => {
            if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
            event.preventDefault();
            props.onSave?.();
          }}
        />
      </div>
    </div>
  );
}
