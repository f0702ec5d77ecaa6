// The filters of a list. Their values are the URL's (lib/filters.ts): this shows and changes them. On narrow screens
// all but the search are folded away.
import { useEffect, useRef, useState } from "preact/hooks";
import { useCommon } from "../i18n";
import type { Filters } from "../lib/filters";
import { plainOf } from "../lib/hostile";
import type { Option } from "./field";

export type FilterField<Name extends string> =
  | { name: Name; label: string; kind: "search"; placeholder?: string }
  | { name: Name; label: string; kind: "text"; placeholder?: string }
  | { name: Name; label: string; kind: "select"; options: readonly Option[]; any?: string }
  | { name: Name; label: string; kind: "check" }
  | { name: Name; label: string; kind: "date" };

interface Props<Name extends string> {
  fields: readonly FilterField<Name>[];
  filters: Filters<Name>;
  onFilters: (changes: Filters<Name>, options?: { replace?: boolean }) => void;
}

const kTypingMs = 300;

// Asks when nobody has typed for a moment; what comes from outside (Back) replaces what stands in the field.
function TypedFilter(props: {
  label: string;
  value: string;
  isSearch: boolean;
  placeholder: string | undefined;
  onValue: (value: string, replace: boolean) => void;
}) {
  const [text, setText] = useState(props.value);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const asked = useRef(props.value);
  useEffect(() => {
    if (props.value !== asked.current) setText(props.value);
    asked.current = props.value;
  }, [props.value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (value: string) => {
    clearTimeout(timer.current);
    if (value === asked.current) return;
    const replace = asked.current !== "" && value !== "";
    asked.current = value;
    props.onValue(value, replace);
  };
  return (
    <label class={props.isSearch ? "filter filter-search" : "filter"}>
      <span>{props.label}</span>
      <input
        type={props.isSearch ? "search" : "text"}
        value={text}
        placeholder={props.placeholder}
        data-search={props.isSearch ? "" : undefined}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          const value = event.currentTarget.value;
          setText(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => ask(value.trim()), kTypingMs);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") ask(event.currentTarget.value.trim());
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </label>
  );
}

function OneFilter<Name extends string>({
  field,
  value,
  onFilters,
}: {
  field: FilterField<Name>;
  value: string;
  onFilters: Props<Name>["onFilters"];
}) {
  const t = useCommon();
  const set = (next: string, replace = false) => onFilters({ [field.name]: next } as Filters<Name>, { replace });
  if (field.kind === "search" || field.kind === "text")
    return (
      <TypedFilter
        label={field.label}
        value={value}
        isSearch={field.kind === "search"}
        placeholder={field.placeholder}
        onValue={set}
      />
    );
  if (field.kind === "check")
    return (
      <label class="filter filter-check">
        <input
          type="checkbox"
          checked={value === "1"}
          onChange={(event) => set(event.currentTarget.checked ? "1" : "")}
        />
        <span>{field.label}</span>
      </label>
    );
  if (field.kind === "date")
    return (
      <label class="filter">
        <span>{field.label}</span>
        <input type="date" value={value.slice(0, 10)} onChange={(event) => set(event.currentTarget.value)} />
      </label>
    );
  const isKnown = value === "" || field.options.some((option) => option.value === value);
  return (
    <label class="filter">
      <span>{field.label}</span>
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        <option value="">{field.any ?? t.list.any}</option>
        {!isKnown && <option value={value}>{plainOf(value, 60)}</option>}
        {field.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

export function FilterBar<Name extends string>({ fields, filters, onFilters }: Props<Name>) {
  const t = useCommon();
  const [isOpen, setOpen] = useState(false);
  const set = fields.filter((field) => filters[field.name]).length;
  const clear = () =>
    onFilters(Object.fromEntries(fields.map((field) => [field.name, ""])) as Filters<Name>);
  return (
    <form class={isOpen ? "filters filters-open" : "filters"} role="search" aria-label={t.list.filters} onSubmit={(event) => event.preventDefault()}>
      <button type="button" class="filters-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t.list.filters}
        {set > 0 && ` (${set})`}
      </button>
      {fields.map((field) => (
        <OneFilter key={field.name} field={field} value={filters[field.name] ?? ""} onFilters={onFilters} />
      ))}
      {set > 0 && (
        <button type="button" class="link filter-clear" onClick={clear}>
          {t.action.clear}
        </button>
      )}
    </form>
  );
}
