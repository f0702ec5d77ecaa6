// How often each challenge state came up, hour by hour.
import { useMemo } from "preact/hooks";
import { Trend } from "../../charts";
import { labelOf, useLanguage, useTexts } from "../i18n";
import { en } from "../i18n/pages/client.en";
import { ja } from "../i18n/pages/client.ja";
import { plainOf } from "../lib/hostile";
import { useSome } from "../lib/use_some";
import { hoursOfStates, orderOfStates } from "../pages/logic/challenge_hours";
import type { ChallengeRow } from "../types";
import { ErrorBox } from "./small";

const kMost = 5000;

interface Props {
  query: { client: string; user_agent?: string | undefined };
  only?: (row: ChallengeRow) => boolean;
}

export function ChallengeChart({ query, only }: Props) {
  const t = useTexts(en, ja);
  const language = useLanguage();
  const { rows, isCut, error } = useSome<ChallengeRow>("/api/challenges", query, kMost);
  const counted = useMemo(() => (only ? rows?.filter(only) : rows) ?? [], [rows, only]);
  const points = useMemo(() => hoursOfStates(counted), [counted]);
  const series = useMemo(
    () =>
      orderOfStates(counted).map((state) => ({ key: state, label: plainOf(labelOf(t.stateWords, state), 60) })),
    [counted, t],
  );
  if (error) return <ErrorBox error={error} />;
  if (points.length === 0) return null;
  return (
    <>
      <Trend
        points={points}
        series={series}
        label={t.chart}
        timeLabel={t.hour}
        tableTitle={t.chartTable}
        language={language}
      />
      {isCut && <p class="dim">{t.cut(kMost)}</p>}
    </>
  );
}
