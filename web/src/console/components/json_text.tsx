// A line of the program's JSON as indented text.
import { useMemo } from "preact/hooks";
import { prettyJson } from "../pages/logic/pretty_json";
import { Hostile } from "./hostile";

export function JsonText({ value, label }: { value: unknown; label: string }) {
  const lines = useMemo(() => prettyJson(value), [value]);
  return (
    <div class="json" role="region" aria-label={label} tabIndex={0}>
      {lines.map((line, i) => (
        <div key={i}>
          <Hostile text={line} mono most={500} />
        </div>
      ))}
    </div>
  );
}
