// Message lengths that repeat: those of the client above the axis, those of the server below.
import * as Plot from "@observablehq/plot";
import { useMemo } from "preact/hooks";
import { ChartTable, PlotImage, short, useWidth, whole } from "./figure";

export interface LengthRow {
  dir: "up" | "down";
  length: number;
  count: number;
  sessions: number;
}

export interface LengthHistogramProps {
  lengths: LengthRow[];
  label: string;
  upLabel: string; // "from the client"
  downLabel: string;
  lengthLabel: string; // "Length in bytes"
  countLabel: string; // "Messages"
  sessionsLabel: string;
  tableTitle: string;
  language?: string;
}

export function LengthHistogram(props: LengthHistogramProps) {
  const [place, width] = useWidth<HTMLDivElement>();
  const { lengths, language } = props;
  const options = useMemo(() => drawing(props, width), [lengths, props.lengthLabel, props.countLabel, width]);
  return (
    <figure class="chart lengths" ref={place} data-testid="lengths">
      <p class="chart-legend" aria-hidden="true">
        <span class="swatch swatch-above" /> {props.upLabel} <span class="swatch swatch-below" /> {props.downLabel}
      </p>
      <PlotImage options={options} label={props.label} />
      <ChartTable
        title={props.tableTitle}
        columns={[
          { title: "↑↓" },
          { title: props.lengthLabel, isNumber: true },
          { title: props.countLabel, isNumber: true },
          { title: props.sessionsLabel, isNumber: true },
        ]}
        rows={lengths.map((row) => [
          row.dir === "up" ? props.upLabel : props.downLabel,
          whole(row.length, language),
          whole(row.count, language),
          whole(row.sessions, language),
        ])}
      />
    </figure>
  );
}

const kRight = 8;
const kWidestColumn = 56;
const kCountedColumn = 30; // columns at least so wide say their count

function drawing({ lengths, lengthLabel, countLabel, language }: LengthHistogramProps, width: number): Plot.PlotOptions {
  const left = 48;
  const values = [...new Set(lengths.map((row) => row.length))].sort((a, b) => a - b);
  const step = Math.min(kWidestColumn, (width - left - kRight) / Math.max(1, values.length));
  const isNamed = step >= 11;
  const most = Math.max(1, ...lengths.map((row) => row.count));
  const signed = (row: LengthRow): number => (row.dir === "up" ? row.count : -row.count);
  return {
    width: Math.max(160, left + kRight + step * values.length),
    height: 200 + (isNamed ? 40 : 0),
    marginLeft: left,
    marginRight: kRight,
    marginTop: 24,
    marginBottom: isNamed ? 58 : 12,
    x: { type: "band", domain: values, axis: null, padding: 0.2 },
    y: { type: "symlog", domain: [-reach(lengths, "down"), reach(lengths, "up")], axis: null },
    color: { type: "identity" },
    marks: [
      Plot.axisY({
        ticks: symmetricTicks(most),
        tickFormat: (value: number) => short(Math.abs(value)),
        label: countLabel,
        labelArrow: "none",
      }),
      Plot.barY(lengths, {
        x: "length",
        y1: 0,
        y2: signed,
        fill: (row: LengthRow) => (row.dir === "up" ? "var(--chart-above)" : "var(--chart-below)"),
        title: (row: LengthRow) => `${whole(row.length, language)} B × ${whole(row.count, language)}`,
      }),
      ...(step >= kCountedColumn ? (["up", "down"] as const).map((dir) => counts(lengths, dir, language)) : []),
      Plot.ruleY([0], { stroke: "currentColor" }),
      ...(isNamed
        ? [Plot.axisX({ tickRotate: -90, tickSize: 0, label: lengthLabel, labelArrow: "none", tickFormat: String })]
        : []),
    ],
  };
}

function counts(lengths: LengthRow[], dir: "up" | "down", language?: string): Plot.Markish {
  const isUp = dir === "up";
  return Plot.text(
    lengths.filter((row) => row.dir === dir),
    {
      x: "length",
      y: (row: LengthRow) => (isUp ? row.count : -row.count),
      text: (row: LengthRow) => whole(row.count, language),
      dy: isUp ? -7 : 8,
      fill: "currentColor",
    },
  );
}

function reach(lengths: LengthRow[], dir: "up" | "down"): number {
  return Math.max(0, ...lengths.filter((row) => row.dir === dir).map((row) => row.count)) * 1.6;
}

function symmetricTicks(most: number): number[] {
  const ticks = [0];
  for (let tick = 10; tick <= most; tick *= 10) ticks.push(tick, -tick);
  return ticks;
}
