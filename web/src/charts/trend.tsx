// Counts over time: one line a series, or all of them stacked.
import * as Plot from "@observablehq/plot";
import { useMemo } from "preact/hooks";
import { ChartTable, PlotImage, short, useWidth, whole } from "./figure";
import { timeTicks } from "./time_ticks";

export interface TrendSeries {
  key: string;
  label: string;
}

export interface TrendPoint {
  time: Date; // the beginning of the slice
  values: Record<string, number>; // by series key; absent: 0
}

export interface TrendProps {
  points: TrendPoint[]; // oldest first
  series: TrendSeries[]; // at most six have colours of their own
  label: string;
  timeLabel: string;
  tableTitle: string;
  mode?: "stack" | "lines"; // default: stack
  stepMs?: number; // the width of a slice; default: an hour
  height?: number;
  language?: string;
  isUtc?: boolean; // else the reader's own time
}

const kHour = 3_600_000;

export function Trend(props: TrendProps) {
  const [place, width] = useWidth<HTMLDivElement>();
  const { points, series, language } = props;
  const options = useMemo(() => drawing(props, width), [points, series, props.mode, props.stepMs, props.height, width]);
  return (
    <figure class="chart trend" ref={place} data-testid="trend">
      <p class="chart-legend" aria-hidden="true">
        {series.map((one, i) => (
          <span key={one.key} class="legend-item">
            <span class={`swatch swatch-${(i % 6) + 1}`} /> {one.label}
          </span>
        ))}
      </p>
      <PlotImage options={options} label={props.label} />
      <ChartTable
        title={props.tableTitle}
        columns={[{ title: props.timeLabel }, ...series.map((one) => ({ title: one.label, isNumber: true }))]}
        rows={points.map((point) => [
          point.time.toLocaleString(language, props.isUtc ? { timeZone: "UTC" } : {}),
          ...series.map((one) => whole(point.values[one.key] ?? 0, language)),
        ])}
      />
    </figure>
  );
}

function drawing(props: TrendProps, width: number): Plot.PlotOptions {
  const step = props.stepMs ?? kHour;
  const color = (key: string): string =>
    `var(--chart-${(props.series.findIndex((one) => one.key === key) % 6) + 1})`;
  const rows = props.points.flatMap((point) =>
    props.series.map((one) => ({
      time: point.time,
      until: new Date(point.time.getTime() + step),
      key: one.key,
      value: point.values[one.key] ?? 0,
    })),
  );
  const isStacked = (props.mode ?? "stack") === "stack";
  const fill = (row: { key: string }): string => color(row.key);
  return {
    width,
    height: props.height ?? 200,
    marginLeft: 44,
    marginRight: 8,
    x: {
      type: props.isUtc ? "utc" : "time",
      label: null,
      ticks: Math.max(2, Math.floor(width / 90)),
      tickFormat: timeTicks(props.isUtc ?? false),
    },
    y: { label: null, tickFormat: short, grid: true, ticks: 4, zero: true },
    color: { type: "identity" },
    marks: [
      isStacked
        ? Plot.rectY(rows, Plot.stackY({ x1: "time", x2: "until", y: "value", fill, z: "key", insetLeft: 0.5 }))
        : Plot.lineY(rows, { x: "time", y: "value", stroke: fill, z: "key", strokeWidth: 2, curve: "step-after" }),
      Plot.ruleY([0], { stroke: "currentColor" }),
    ],
  };
}
