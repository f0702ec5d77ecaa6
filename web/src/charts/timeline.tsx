// When each client used a service: one row a client, the darker a cell the more sessions were alive in that slice of
// time. Working hours look like blocks, a beacon like a ruler.
import * as Plot from "@observablehq/plot";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { ChartTable, PlotImage, useWidth, whole } from "./figure";
import { shorten, visible } from "./text";
import { timeTicks } from "./time_ticks";

export interface TimelineRow {
  client: string;
  sessions: number[]; // alive in each slice; all rows have equally many slices
  total?: number; // sessions; their sum is more where one was alive in several slices
}

export interface TimelineProps {
  from: string | Date;
  to: string | Date;
  clients: TimelineRow[];
  isCut?: boolean;
  cutText?: string; // what is said where isCut
  label: string;
  clientLabel: string;
  sessionsLabel: string;
  firstLabel?: string; // "First": of the table's column
  lastLabel?: string;
  tableTitle: string;
  language?: string;
  isUtc?: boolean; // else the reader's own time
}

const kRow = 18;

interface Cell {
  row: number;
  from: Date;
  to: Date;
  count: number;
}

export function Timeline(props: TimelineProps) {
  const [place, width] = useWidth<HTMLDivElement>();
  const options = useMemo(() => drawing(props, width), [props.clients, props.from, props.to, width]);
  return (
    <figure class="chart timeline" ref={place} data-testid="timeline">
      <PlotImage options={options} label={props.label} />
      {props.isCut && props.cutText && <p class="chart-note">{props.cutText}</p>}
      <ChartTable
        title={props.tableTitle}
        columns={[
          { title: props.clientLabel },
          { title: props.firstLabel ?? "←" },
          { title: props.lastLabel ?? "→" },
          { title: props.sessionsLabel, isNumber: true },
        ]}
        rows={props.clients.map((row) => tableRow(row, props))}
      />
    </figure>
  );
}

function tableRow(row: TimelineRow, props: TimelineProps): ComponentChildren[] {
  const begin = new Date(props.from).getTime();
  const slice = (new Date(props.to).getTime() - begin) / Math.max(1, row.sessions.length);
  const first = row.sessions.findIndex((count) => count > 0);
  const last = row.sessions.reduce((latest, count, i) => (count > 0 ? i : latest), -1);
  return [
    <bdi>{visible(row.client, 100)}</bdi>,
    first < 0 ? "" : timeOf(new Date(begin + first * slice), props),
    first < 0 ? "" : timeOf(new Date(begin + (last + 1) * slice), props),
    row.total === undefined ? "" : whole(row.total, props.language),
  ];
}

function timeOf(time: Date, { language, isUtc }: TimelineProps): string {
  return time.toLocaleString(language, isUtc ? { timeZone: "UTC" } : {});
}

function cellsOf({ clients, from, to }: TimelineProps): Cell[] {
  const begin = new Date(from).getTime();
  const end = Math.max(new Date(to).getTime(), begin + 1);
  return clients.flatMap(({ sessions }, row) => {
    const slice = (end - begin) / Math.max(1, sessions.length);
    return sessions.flatMap((count, i) =>
      count === 0
        ? []
        : [{ row, count, from: new Date(begin + i * slice), to: new Date(begin + (i + 1) * slice) }],
    );
  });
}

function drawing(props: TimelineProps, width: number): Plot.PlotOptions {
  const cells = cellsOf(props);
  const most = Math.max(1, ...cells.map((cell) => cell.count));
  const begin = new Date(props.from);
  const end = new Date(Math.max(new Date(props.to).getTime(), begin.getTime() + 1));
  const left = Math.min(130, width / 3);
  return {
    width,
    height: props.clients.length * kRow + 42,
    marginLeft: left,
    marginRight: 12,
    marginTop: 4,
    marginBottom: 38,
    x: {
      type: props.isUtc ? "utc" : "time",
      domain: [begin, end],
      label: null,
      ticks: Math.max(2, Math.floor((width - left) / 110)),
      tickFormat: timeTicks(props.isUtc ?? false),
    },
    y: { type: "band", domain: props.clients.map((_, i) => i), axis: null, padding: 0.15 },
    marks: [
      Plot.axisY({ tickSize: 0, label: null, tickFormat: (i: number) => shorten(props.clients[i]?.client ?? "", 17) }),
      Plot.barX(props.clients, { y: (_: TimelineRow, i: number) => i, x1: begin, x2: end, fill: "var(--chart-ground)" }),
      Plot.barX(cells, {
        y: "row",
        x1: "from",
        x2: "to",
        fill: "var(--chart-above)",
        fillOpacity: (cell: Cell) => 0.35 + (0.65 * cell.count) / most,
        stroke: "var(--chart-above)",
        strokeWidth: 0.75,
        title: (cell: Cell) =>
          `${visible(props.clients[cell.row]?.client ?? "", 60)} · ${timeOf(cell.from, props)} · ${props.sessionsLabel}: ${cell.count}`,
      }),
    ],
    opacity: { type: "identity" },
  };
}
