// What is new since somebody last looked, how the traffic goes, and whether those who watch it are well.
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { Breakdown, Trend } from "../../charts";
import { get } from "../api";
import { Hostile } from "../components/hostile";
import { Table } from "../components/list_page";
import { Ago, Answer, Count, PageHead, Score, Section, Severity, Time } from "../components/small";
import { toast } from "../components/toast";
import { useCommon, useLanguage, useTexts } from "../i18n";
import { en } from "../i18n/pages/overview.en";
import { ja } from "../i18n/pages/overview.ja";
import { linkTo, useFilters } from "../lib/filters";
import { countText, localTime } from "../lib/format";
import { plainOf } from "../lib/hostile";
import { useLive } from "../lib/live";
import { useApi } from "../lib/use_api";
import type { FindingRow, Overview, Sensor, Totals } from "../types";
import { kKinds, kRanges, rangeFor, type Range, slicesOf, stepHoursFor } from "./logic/hours";

const useOverviewTexts = () => useTexts(en, ja);

export function OverviewPage() {
  const t = useOverviewTexts();
  const [filters, setFilters] = useFilters(["hours"] as const);
  const range = rangeFor(filters.hours);
  const asked = useApi<Overview>("/api/overview", { hours: range });
  return (
    <>
      <PageHead title={t.title} />
      <Answer asked={asked}>
        {(overview) => (
          <>
            <Tiles overview={overview} />
            <NewFindings overview={overview} onSeen={asked.reload} />
            <Traffic overview={overview} range={range} onRange={(hours) => setFilters({ hours })} />
            <Sensors sensors={overview.sensors ?? []} now={overview.now} />
          </>
        )}
      </Answer>
    </>
  );
}

function Tile(props: { label: string; value: number; href: string; more?: string | undefined; isUrgent?: boolean }) {
  return (
    <Link href={props.href} class={props.isUrgent ? "tile tile-urgent" : "tile"}>
      <span class="tile-value number">{countText(props.value)}</span>
      <span class="tile-label">{props.label}</span>
      {props.more && <span class="tile-more dim">{props.more}</span>}
    </Link>
  );
}

function Tiles({ overview }: { overview: Overview }) {
  const t = useOverviewTexts();
  const [live, setLive] = useState<Totals>();
  useLive("totals", setLive);
  const totals = live ?? overview.totals;
  const from = totals.first && localTime(totals.first, "day");
  const to = totals.last && localTime(totals.last, "day");
  return (
    <div class="tiles">
      <Tile
        label={t.toLookAt}
        value={totals.findings_new}
        href={linkTo("/findings", { status: "new", min_score: "0.5" })}
        isUrgent={totals.findings_new > 0}
      />
      <Tile
        label={t.alerts}
        value={totals.alerts}
        href="/alerts"
        more={overview.new_alerts ? t.newAlerts(overview.new_alerts) : undefined}
      />
      <Tile
        label={t.confirmed}
        value={totals.findings_confirmed}
        href={linkTo("/findings", { status: "confirmed" })}
      />
      <Tile
        label={t.sanctioned}
        value={totals.findings_sanctioned}
        href={linkTo("/findings", { status: "sanctioned" })}
      />
      <Tile label={t.sessions} value={totals.sessions} href="/sessions" more={from && to && t.span(from, to)} />
    </div>
  );
}

function NewFindings({ overview, onSeen }: { overview: Overview; onSeen: () => void }) {
  const t = useOverviewTexts();
  const common = useCommon();
  const rows = overview.new_findings ?? [];
  const since = overview.last_look && localTime(overview.last_look, "minute");
  const markSeen = () => {
    get<Overview>("/api/overview", { look: true, hours: 1 }).then(onSeen, () => toast(common.state.failed, "error"));
  };
  const isAnything = rows.length > 0 || (overview.new_alerts ?? 0) > 0;
  return (
    <Section
      title={since ? t.sinceLook(since) : t.sinceEver}
      tools={
        <span class="row-of">
          <Link href={linkTo("/findings", { status: "new" })}>{t.allNew}</Link>
          {isAnything && (
            <button type="button" title={t.seenHint} onClick={markSeen}>
              {t.seen}
            </button>
          )}
        </span>
      }
    >
      {rows.length === 0 ? (
        <p class="empty">{since ? t.nothingNew : t.nothingNewEver}</p>
      ) : (
        <ul class="new-findings">
          {rows.map((row) => (
            <NewFinding key={row.finding_id} row={row} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function NewFinding({ row }: { row: FindingRow }) {
  return (
    <li>
      <span class="new-score">
        <Score value={row.score} /> <Severity value={row.severity} />
      </span>
      <span class="new-name">
        <Link href={`/findings/${encodeURIComponent(row.finding_id)}`}>
          <Hostile text={row.destination} inline />
        </Link>
        {row.application && <Hostile text={row.application} inline />}
      </span>
      <span class="new-why dim">
        <Hostile text={row.evidence} inline />
      </span>
      <Time value={row.first} />
    </li>
  );
}

function Traffic(props: { overview: Overview; range: Range; onRange: (range: Range) => void }) {
  const t = useOverviewTexts();
  const common = useCommon();
  const language = useLanguage();
  const { overview, range } = props;
  const slices = slicesOf(overview.hours ?? [], stepHoursFor(range));
  const byKind = overview.by_kind ?? {};
  const breakdown = kKinds.map((kind) => ({ key: common.words.kind[kind], count: byKind[kind] ?? 0 }));
  const shared = {
    points: slices,
    stepMs: stepHoursFor(range) * 3_600_000,
    timeLabel: t.time,
    tableTitle: t.numbers,
    language,
  };
  return (
    <Section title={t.trend} tools={<Ranges range={range} onRange={props.onRange} />}>
      {slices.length === 0 && <p class="empty">{t.noHours}</p>}
      {slices.length > 0 && (
        <>
          <Trend
            {...shared}
            label={t.trendLabel}
            series={kKinds.map((kind) => ({ key: kind, label: common.words.kind[kind] }))}
          />
          <div class="columns">
            <div>
              <h3>{t.breakdown}</h3>
              <Breakdown
                rows={breakdown}
                total={breakdown.reduce((sum, row) => sum + row.count, 0)}
                label={t.breakdown}
                keyLabel={t.kind}
                countLabel={t.count}
                tableTitle={t.numbers}
                language={language}
              />
            </div>
            <div>
              <h3>{t.bytes}</h3>
              <Trend
                {...shared}
                height={150}
                label={t.bytesLabel}
                series={[
                  { key: "bytes_down", label: t.bytesDown },
                  { key: "bytes_up", label: t.bytesUp },
                ]}
              />
            </div>
            <Table1 table={overview.table1 ?? {}} />
          </div>
        </>
      )}
    </Section>
  );
}

function Ranges({ range, onRange }: { range: Range; onRange: (range: Range) => void }) {
  const t = useOverviewTexts();
  return (
    <span class="button-group" role="group" aria-label={t.range}>
      {kRanges.map((one) => (
        <button key={one} type="button" aria-pressed={one === range} onClick={() => onRange(one)}>
          {t.ranges[one]}
        </button>
      ))}
    </span>
  );
}

function Table1({ table }: { table: NonNullable<Overview["table1"]> }) {
  const t = useOverviewTexts();
  return (
    <div>
      <h3>{t.table1}</h3>
      <table class="table table-small">
        <tbody>
          <tr>
            <th scope="row">{t.connectType}</th>
            <td class="cell-end">
              <Link href={linkTo("/sessions", { kind: "connect" })}>
                <Count value={table.connect} />
              </Link>
            </td>
          </tr>
          <tr>
            <th scope="row">{t.sslType}</th>
            <td class="cell-end">
              <Link href={linkTo("/sessions", { kind: "ssl" })}>
                <Count value={table.ssl} />
              </Link>
            </td>
          </tr>
        </tbody>
      </table>
      <p class="hint">{t.table1Hint(table.min_exchanges ?? 10)}</p>
    </div>
  );
}

function SensorState({ sensor }: { sensor: Sensor }) {
  const t = useOverviewTexts();
  if (sensor.silent)
    return (
      <span class="badge badge-bad" title={t.silentHint}>
        {t.silent}
      </span>
    );
  if (sensor.ended) return <span class="badge">{t.ended}</span>;
  return <span class="badge badge-good">{t.running}</span>;
}

function Counters({ sensor }: { sensor: Sensor }) {
  const counters = Object.entries(sensor.counters ?? {}).filter(([, value]) => value !== 0);
  if (counters.length === 0) return null;
  return (
    <details>
      <summary>{counters.length}</summary>
      <dl class="counters">
        {counters.map(([name, value]) => (
          <div key={name}>
            <dt>{plainOf(name, 80)}</dt>
            <dd class="number">{countText(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

// Those that need somebody first.
function urgency(sensor: Sensor): number {
  if (sensor.silent) return 0;
  if (sensor.ended) return 3;
  return (sensor.drops ?? 0) > 0 ? 1 : 2;
}

function Sensors({ sensors, now }: { sensors: Sensor[]; now: string }) {
  const t = useOverviewTexts();
  const rows = [...sensors].sort((a, b) => urgency(a) - urgency(b));
  return (
    <Section title={t.sensors}>
      <Table
        label={t.sensors}
        rows={rows}
        rowKey={(sensor) => sensor.sensor_id}
        stacked
        empty={t.noSensors}
        columns={[
          { id: "state", label: t.sensorState, narrow: "title", cell: (sensor) => <SensorState sensor={sensor} /> },
          { id: "kind", label: t.sensorKind, cell: (sensor) => <Hostile text={sensor.kind} /> },
          { id: "host", label: t.host, cell: (sensor) => <Hostile text={sensor.host} /> },
          { id: "input", label: t.input, cell: (sensor) => <Hostile text={sensor.input} /> },
          { id: "seen", label: t.seenAt, cell: (sensor) => <Ago value={sensor.seen} now={now} /> },
          { id: "started", label: t.startedAt, cell: (sensor) => <Time value={sensor.started} /> },
          { id: "packets", label: t.packets, align: "end", cell: (sensor) => packetsOf(sensor) },
          {
            id: "drops",
            label: t.drops,
            align: "end",
            cell: (sensor) => (
              <span class={sensor.drops ? "badge badge-warn" : undefined}>
                <Count value={sensor.drops} />
              </span>
            ),
          },
          { id: "version", label: t.version, cell: (sensor) => <Hostile text={sensor.version} /> },
          { id: "counters", label: t.counters, cell: (sensor) => <Counters sensor={sensor} /> },
        ]}
      />
    </Section>
  );
}

const packetsOf = (sensor: Sensor) => {
  const packets = sensor.counters?.["packets"];
  return packets === undefined ? null : <Count value={packets} />;
};
