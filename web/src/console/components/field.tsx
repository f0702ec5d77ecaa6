// Form fields with their labels, hints and errors joined to them for those who listen.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface Common {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: ComponentChildren;
  error?: string | undefined;
  required?: boolean;
}

interface FrameProps extends Pick<Common, "label" | "hint" | "error"> {
  id: string;
  children: ComponentChildren;
}

function Frame(props: FrameProps) {
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      {props.children}
      {props.hint && (
        <div class="hint" id={`${props.id}-hint`}>
          {props.hint}
        </div>
      )}
      {props.error && (
        <div class="field-error" id={`${props.id}-error`} role="alert">
          {props.error}
        </div>
      )}
    </div>
  );
}

const describedBy = (id: string, props: Common): string | undefined =>
  [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(" ") || undefined;

type Kind = "text" | "password" | "date" | "search" | "number";
type Rest = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "value" | "label" | "type">;

export function Field(props: Common & { type?: Kind; input?: Rest }) {
  const id = useId();
  return (
    <Frame id={id} label={props.label} hint={props.hint} error={props.error}>
      <input
        {...props.input}
        id={id}
        type={props.type ?? "text"}
        value={props.value}
        required={props.required ?? false}
        aria-invalid={props.error ? "true" : undefined}
        aria-describedby={describedBy(id, props)}
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

export function TextArea(props: Common & { rows?: number; mono?: boolean; maxLength?: number }) {
  const id = useId();
  return (
    <Frame id={id} label={props.label} hint={props.hint} error={props.error}>
      <textarea
        id={id}
        class={props.mono ? "mono" : undefined}
        rows={props.rows ?? 4}
        maxLength={props.maxLength}
        value={props.value}
        required={props.required ?? false}
        spellcheck={!props.mono}
        aria-invalid={props.error ? "true" : undefined}
        aria-describedby={describedBy(id, props)}
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

export interface Option {
  value: string;
  label: string;
}

export function Select(props: Common & { options: readonly Option[] }) {
  const id = useId();
  return (
    <Frame id={id} label={props.label} hint={props.hint} error={props.error}>
      <select
        id={id}
        value={props.value}
        aria-describedby={describedBy(id, props)}
        onChange={(event) => props.onValue(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function Check(props: { label: string; value: boolean; onValue: (value: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={props.value} onChange={(event) => props.onValue(event.currentTarget.checked)} />
      {props.label}
    </label>
  );
}
