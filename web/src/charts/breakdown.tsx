// Figure 3 of Torii and Komura (2009): what kinds of sessions there were, as bars with counts and shares. Part of a bar
// may be filled: the sessions that are looked at closely.
import * as Plot from "@observablehq/plot";
import { useMemo } from "preact/hooks";
import { ChartTable, PlotImage, useWidth, whole } from "./figure";
import { shorten, visible } from "./text";

export interface BreakdownRow {
  key: string;
  count: number;
  part?: number; // of `count`
}

export interface BreakdownProps {
  rows: BreakdownRow[];
  total: number; // what shares are of
  label: string;
  keyLabel: string;
  countLabel: string;
  partLabel?: string;
  tableTitle: string;
  language?: string;
}

const kRow = 26;

export function Breakdown(props: BreakdownProps) {
  const [place, width] = useWidth<HTMLDivElement>();
  const { rows, total, language } = props;
  const options = useMemo(() => bars(rows, total, width, language), [rows, total, width, language]);
  return (
    <figure class="chart breakdown" ref={place} data-testid="breakdown">
      {props.partLabel && rows.some((row) => row.part) && (
        <p class="chart-legend" aria-hidden="true">
          <span class="swatch swatch-faint" /> {props.countLabel} <span class="swatch swatch-above" /> {props.partLabel}
        </p>
      )}
      <PlotImage options={options} label={props.label} />
      <ChartTable
        title={props.tableTitle}
        columns={[
          { title: props.keyLabel },
          { title: props.countLabel, isNumber: true },
          { title: "%", isNumber: true },
          ...(props.partLabel ? [{ title: props.partLabel, isNumber: true }] : []),
        ]}
        rows={rows.map((row) => [
          <bdi>{visible(row.key, 100)}</bdi>,
          whole(row.count, language),
          share(row.count, total),
          ...(props.partLabel ? [row.part === undefined ? "" : whole(row.part, language)] : []),
        ])}
      />
    </figure>
  );
}

export function share(count: number, total: number): string {
  return total === 0 ? "0.0" : ((count / total) * 100).toFixed(1);
}

function bars(rows: BreakdownRow[], total: number, width: number, language?: string): Plot.PlotOptions {
  const most = Math.max(1, ...rows.map((row) => row.count));
  const hasParts = rows.some((row) => row.part !== undefined);
  const index = (_: BreakdownRow, i: number): number => i;
  return {
    width,
    height: rows.length * kRow + 8,
    marginLeft: Math.min(130, width / 3),
    marginRight: Math.min(110, width / 3),
    marginTop: 4,
    marginBottom: 4,
    x: { domain: [0, most], axis: null },
    y: { type: "band", domain: rows.map((_, i) => i), axis: null, padding: 0.25 },
    marks: [
      Plot.axisY({ tickSize: 0, label: null, tickFormat: (i: number) => shorten(rows[i]?.key ?? "", 18) }),
      Plot.barX(rows, { y: index, x: "count", fill: hasParts ? "var(--chart-faint)" : "var(--chart-above)" }),
      Plot.barX(rows, { y: index, x: (row: BreakdownRow) => row.part ?? 0, fill: "var(--chart-above)" }),
      Plot.text(rows, {
        y: index,
        x: "count",
        text: (row: BreakdownRow) => `${whole(row.count, language)} · ${share(row.count, total)} %`,
        textAnchor: "start",
        dx: 6,
        fill: "currentColor",
      }),
      Plot.ruleX([0], { stroke: "currentColor" }),
    ],
  };
}
