// Figures 5 to 7 of Torii and Komura (2009): one column a group, its sessions above the axis and one of its distinct
// counts below. A column that is tall above and short below is what the figure is for. The two halves have scales of
// their own. The pointer, or the arrow keys, name a column and say its numbers.
import * as Plot from "@observablehq/plot";
import { useMemo, useState } from "preact/hooks";
import { ChartTable, PlotImage, short, useWidth, whole } from "./figure";
import { shorten, visible } from "./text";

export interface BarPairRow {
  key: string; // as on the wire
  above: number;
  below: number;
  details?: [label: string, value: string][]; // further lines of the tooltip
  isMarked?: boolean; // drawn in the colour of warning: a group that has a finding
}

export interface BarPairProps {
  rows: BarPairRow[];
  label: string; // what the figure shows, in a sentence
  keyLabel: string; // "Destination"
  aboveLabel: string; // "Sessions"
  belowLabel: string; // "User-Agents"
  tableTitle: string; // "Numbers as a table"
  emptyKey: string; // how an empty key is called
  markedLabel?: string; // what isMarked stands for
  isLog?: boolean; // the upper half on a logarithmic scale
  language?: string;
  onChoose?: (row: BarPairRow) => void; // a click, or Enter
}

const kLeft = 48;
const kRight = 8;
const kUpper = 190;
const kLower = 110;
const kNames = 172; // pixels for the names under the columns
const kNameColumn = 11; // columns at least so wide are named

export function BarPair(props: BarPairProps) {
  const [place, width] = useWidth<HTMLDivElement>(960);
  const [active, setActive] = useState(-1);
  const { rows, language } = props;
  const step = (width - kLeft - kRight) / Math.max(1, rows.length);
  const isNamed = step >= kNameColumn;
  const upper = useMemo(() => upperHalf(props, width), [props.rows, props.isLog, width]);
  const lower = useMemo(
    () => lowerHalf(props, width, isNamed),
    [props.rows, props.emptyKey, width, isNamed],
  );
  const columnAt = (event: PointerEvent | MouseEvent): number => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const at = Math.floor((event.clientX - box.left - kLeft) / step);
    return at >= 0 && at < rows.length ? at : -1;
  };
  const chosen = rows[active];
  return (
    <figure class="chart bar-pair">
      <Legend {...props} />
      <div
        class="bar-pair-area"
        ref={place}
        tabIndex={0}
        role="group"
        aria-label={props.label}
        onPointerMove={(event) => setActive(columnAt(event))}
        onPointerLeave={() => setActive(-1)}
        onClick={(event) => {
          const row = rows[columnAt(event)];
          if (row) props.onChoose?.(row);
        }}
        onKeyDown={(event) => {
          const next = nextColumn(event.key, active, rows.length);
          if (event.key === "Enter" && chosen) props.onChoose?.(chosen);
          if (next === undefined) return;
          event.preventDefault();
          setActive(next);
        }}
        onBlur={() => setActive(-1)}
        data-testid="bar-pair"
      >
        <PlotImage options={upper} label={`${props.label}: ${props.aboveLabel}`} />
        <PlotImage options={lower} label={`${props.label}: ${props.belowLabel}`} />
        {chosen && <Band at={kLeft + active * step} width={step} />}
        {chosen && <Tip row={chosen} at={kLeft + active * step} step={step} width={width} {...props} />}
      </div>
      <ChartTable
        title={props.tableTitle}
        columns={[
          { title: props.keyLabel },
          { title: props.aboveLabel, isNumber: true },
          { title: props.belowLabel, isNumber: true },
        ]}
        rows={rows.map((row) => [
          <bdi>{visible(row.key) || props.emptyKey}</bdi>,
          whole(row.above, language),
          whole(row.below, language),
        ])}
      />
    </figure>
  );
}

function nextColumn(key: string, active: number, count: number): number | undefined {
  if (key === "ArrowRight") return Math.min(active + 1, count - 1);
  if (key === "ArrowLeft") return Math.max(active < 0 ? count - 1 : active - 1, 0);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return key === "Escape" ? -1 : undefined;
}

function Legend({ aboveLabel, belowLabel, markedLabel, rows }: BarPairProps) {
  return (
    <p class="chart-legend" aria-hidden="true">
      <span class="swatch swatch-above" /> {aboveLabel} <span class="swatch swatch-below" /> {belowLabel}
      {markedLabel && rows.some((row) => row.isMarked) && (
        <>
          {" "}
          <span class="swatch swatch-marked" /> {markedLabel}
        </>
      )}
    </p>
  );
}

function Band({ at, width }: { at: number; width: number }) {
  return <div class="bar-pair-band" style={{ left: `${at}px`, width: `${Math.max(width, 2)}px` }} />;
}

interface TipProps extends BarPairProps {
  row: BarPairRow;
  at: number; // the column's left side
  step: number;
  width: number;
}

const kWidestTip = 360;
const kTipGap = 6;

// Beside the column, on the side where there is more room.
function placeOf({ at, step, width }: TipProps): Record<string, string> {
  const isRight = at + step / 2 < width / 2;
  const gap = (isRight ? at + step : width - at) + kTipGap;
  const most = Math.min(kWidestTip, width - gap);
  return { [isRight ? "left" : "right"]: `${gap}px`, maxWidth: `${most}px` };
}

function Tip(props: TipProps) {
  const { row, aboveLabel, belowLabel, emptyKey, language } = props;
  return (
    <div class="chart-tip" role="status" style={placeOf(props)}>
      <bdi class="chart-tip-key">{visible(row.key, 300) || emptyKey}</bdi>
      <dl>
        <dt>{aboveLabel}</dt>
        <dd>{whole(row.above, language)}</dd>
        <dt>{belowLabel}</dt>
        <dd>{whole(row.below, language)}</dd>
        {row.details?.map(([label, value]) => (
          <>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </div>
  );
}

function upperHalf({ rows, isLog }: BarPairProps, width: number): Plot.PlotOptions {
  const most = Math.max(1, ...rows.map((row) => row.above));
  return {
    width,
    height: kUpper,
    marginLeft: kLeft,
    marginRight: kRight,
    marginTop: 8,
    marginBottom: 1,
    x: { type: "band", domain: rows.map((_, i) => i), axis: null, paddingInner: 0.15, paddingOuter: 0.075 },
    y: { type: isLog ? "symlog" : "linear", domain: [0, most], axis: null },
    marks: [
      Plot.gridY({ ticks: 4, strokeOpacity: 0.15 }),
      Plot.axisY({ ticks: isLog ? logTicks(most) : 4, tickFormat: short, label: null }),
      Plot.barY(rows, {
        x: (_: BarPairRow, i: number) => i,
        y: "above",
        fill: (row: BarPairRow) => (row.isMarked ? "var(--chart-marked)" : "var(--chart-above)"),
      }),
      Plot.ruleY([0], { stroke: "currentColor" }),
    ],
    color: { type: "identity" },
  };
}

function logTicks(most: number): number[] {
  const ticks = [0];
  for (let tick = 1; tick <= most; tick *= 10) ticks.push(tick);
  return ticks;
}

function lowerHalf({ rows, emptyKey }: BarPairProps, width: number, isNamed: boolean): Plot.PlotOptions {
  const bottom = isNamed ? kNames : 4;
  const most = Math.max(1, ...rows.map((row) => row.below));
  const marks: Plot.Markish[] = [
    Plot.gridY({ ticks: 3, strokeOpacity: 0.15 }),
    // Zero is the upper half's.
    Plot.axisY({ ticks: 3, tickFormat: (value: number) => (value === 0 ? "" : short(value)), label: null }),
    Plot.barY(rows, { x: (_: BarPairRow, i: number) => i, y: "below", fill: "var(--chart-below)" }),
  ];
  if (isNamed) {
    marks.push(
      Plot.axisX({
        tickRotate: -90,
        tickSize: 0,
        label: null,
        tickFormat: (i: number) => shorten(rows[i]?.key ?? "", 25) || emptyKey,
      }),
    );
  }
  return {
    width,
    height: kLower + bottom,
    marginLeft: kLeft,
    marginRight: kRight,
    marginTop: 1,
    marginBottom: bottom,
    x: { type: "band", domain: rows.map((_, i) => i), axis: null, paddingInner: 0.15, paddingOuter: 0.075 },
    y: { domain: [most, 0], axis: null },
    marks,
  };
}
