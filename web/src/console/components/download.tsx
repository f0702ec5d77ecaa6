// The list as a file: the same question with `format`, answered by the program as a download.
import { urlOf, type Query } from "../api";
import { useCommon } from "../i18n";

export function Download({ path, query = {} }: { path: string; query?: Query }) {
  const t = useCommon();
  return (
    <span class="download" role="group" aria-label={t.action.download}>
      <span aria-hidden="true" class="download-mark">
        ↓
      </span>
      <a href={urlOf(path, { ...query, format: "csv" })} download>
        {t.action.csv}
      </a>
      <a href={urlOf(path, { ...query, format: "json-lines" })} download>
        {t.action.json}
      </a>
    </span>
  );
}
