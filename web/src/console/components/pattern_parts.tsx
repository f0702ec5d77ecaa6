// What the list of patterns and a pattern's own page both show.
import { urlOf } from "../api";
import { useTexts } from "../i18n";
import { en } from "../i18n/pages/patterns.en";
import { ja } from "../i18n/pages/patterns.ja";
import { shareOf } from "../pages/logic/pattern_text";
import type { PatternRow } from "../types";

export function PatternState({ isCandidate }: { isCandidate: boolean }) {
  const t = useTexts(en, ja);
  return (
    <span class={`badge ${isCandidate ? "status-new" : "badge-good"}`}>{isCandidate ? t.candidate : t.accepted}</span>
  );
}

// A figure, a bar as long as it says, and the words: "3 of 4 (75 %)".
function Rate(props: { hits: number | undefined; of: number | undefined; isFalse?: boolean }) {
  const t = useTexts(en, ja);
  const share = shareOf(props.hits, props.of);
  if (share === undefined) return <span class="dim">{t.unmeasured}</span>;
  const tone = props.isFalse ? "bad" : "own";
  return (
    <span class="rate">
      <span class="rate-bar" aria-hidden="true">
        <span
          class={`rate-fill rate-${tone}`}
          style={{ width: `${share > 0 ? Math.max(3, share * 100) : 0}%` }} // what is not nothing can be seen
        />
      </span>
      <span class="number">
        {t.of(props.hits ?? 0, props.of ?? 0)} <span class="dim">({t.percent(share)})</span>
      </span>
    </span>
  );
}

export const OwnRate = ({ rates }: { rates: PatternRow["rates"] }) => (
  <Rate hits={rates?.service_hits} of={rates?.service_sessions} />
);

const kFewSessions = 100;

export function FalseRate({ rates }: { rates: PatternRow["rates"] }) {
  const t = useTexts(en, ja);
  const isLittle = rates !== undefined && rates.ordinary_sessions > 0 && rates.ordinary_sessions < kFewSessions;
  return (
    <>
      <Rate hits={rates?.ordinary_hits} of={rates?.ordinary_sessions} isFalse />
      {isLittle && <div class="hint">{t.fewOrdinary}</div>}
    </>
  );
}

const kFormats = ["suricata", "snort", "zeek", "sigma", "json"] as const;
const kNames = { suricata: "Suricata", snort: "Snort", zeek: "Zeek", sigma: "Sigma", json: "JSON" } as const;

// `id`: of one pattern; without it, of all that are accepted.
export function ExportLinks({ id, label }: { id?: string; label: string }) {
  return (
    <span class="download export" role="group" aria-label={label}>
      <span class="dim">{label}:</span>
      {kFormats.map((format) => (
        <a key={format} href={urlOf("/api/patterns/export", { format, id })} download>
          {kNames[format]}
        </a>
      ))}
    </span>
  );
}
