// What the challenge says of a client (docs/formats/challenge.md).
import { labelOf, useTexts } from "../i18n";
import { en } from "../i18n/pages/clients.en";
import { ja } from "../i18n/pages/clients.ja";
import { plainOf } from "../lib/hostile";

export const kVerdicts = ["tampering", "no-jar", "naive-jar", "passive", "cookie-jar", "browser", "exempt"] as const;

const toneOf = (score: number): string => (score >= 0.5 ? "badge-bad" : score > 0 ? "badge-warn" : "badge-good");

export function Verdict({ value, score }: { value: string | undefined; score: number | undefined }) {
  const t = useTexts(en, ja);
  if (!value) return <span class="dim">{t.unjudged}</span>;
  return (
    <span class="verdict">
      <span class={`badge ${value === "exempt" ? "" : toneOf(score ?? 0)}`} title={plainOf(value, 40)}>
        {plainOf(labelOf(t.verdicts, value), 40)}
      </span>
      {score !== undefined && score > 0 && <span class="number dim">{score.toFixed(2)}</span>}
    </span>
  );
}
