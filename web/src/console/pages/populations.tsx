// Figures 5 to 7 of Torii and Komura, of what is stored now: sessions put together in five ways, and what is distinct
// in each group. Asked again while it is open; the picture stays, and only what has changed is drawn anew.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { BarPair, type BarPairRow } from "../../charts";
import { Download } from "../components/download";
import { Check } from "../components/field";
import { Hostile } from "../components/hostile";
import { type Column, Table } from "../components/list_page";
import { Answer, Bytes, Count, PageHead, Section, Time } from "../components/small";
import { type Like, useCommon, useLanguage, useTexts } from "../i18n";
import { en } from "../i18n/pages/populations.en";
import { ja } from "../i18n/pages/populations.ja";
import { useFilters } from "../lib/filters";
import { useStored } from "../lib/settings";
import { useApi } from "../lib/use_api";
import type { FindingRow, GroupBy, GroupRow, Page } from "../types";
import { belowOf, countsOf, type Distinct, isDistinct } from "./logic/populations";
import { isGrouping, kGroupings, sessionsOfGroup } from "./logic/session_links";
import "./pages2.css";

type Texts = Like<typeof en>;

const kRefreshMs = 15_000;

// Asks again and again while the page is seen.
function useRefresh(isOn: boolean, reload: () => void): void {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") latest.current();
    }, kRefreshMs);
    return () => clearInterval(timer);
  }, [isOn]);
}

// The same object as long as it says the same: charts are drawn anew for a new one.
function useSame<Value>(value: Value): Value {
  const text = JSON.stringify(value);
  return useMemo(() => value, [text]);
}

function Choice<Name extends string>(props: {
  label: string;
  names: readonly Name[];
  words: Record<Name, string>;
  chosen: Name;
  onChoose: (name: Name) => void;
}) {
  return (
    <div class="choice">
      <span class="choice-label">{props.label}</span>
      <div class="button-group" role="group" aria-label={props.label}>
        {props.names.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === props.chosen}
            onClick={() => props.onChoose(name)}
          >
            {props.words[name]}
          </button>
        ))}
      </div>
    </div>
  );
}

// Groups by destination that have a finding are drawn in another colour.
function useFound(by: GroupBy): ReadonlySet<string> {
  const { data } = useApi<Page<FindingRow>>(by === "destination" ? "/api/findings" : undefined, {
    min_score: 0.5,
    limit: 500,
  });
  return useMemo(() => new Set(data?.rows.map((row) => row.destination)), [data]);
}

function Figure({ by, below, rows, isLog }: { by: GroupBy; below: Distinct; rows: GroupRow[]; isLog: boolean }) {
  const t = useTexts(en, ja);
  const common = useCommon();
  const language = useLanguage();
  const found = useFound(by);
  const [, navigate] = useLocation();
  const bars = useMemo(() => rows.map((row) => barOf(row, by, below, found, t)), [rows, by, below, found, t]);
  return (
    <BarPair
      rows={bars}
      label={t.figure(t.groupings[by], common.column.sessions, t.counts[below])}
      keyLabel={t.groupings[by]}
      aboveLabel={common.column.sessions}
      belowLabel={t.counts[below]}
      tableTitle={t.tableTitle}
      emptyKey={t.emptyKey}
      markedLabel={t.marked}
      isLog={isLog}
      language={language}
      onChoose={(bar) => {
        const sessions = sessionsOfGroup(by, bar.key);
        if (sessions) navigate(sessions);
      }}
    />
  );
}

function barOf(row: GroupRow, by: GroupBy, below: Distinct, found: ReadonlySet<string>, t: Texts): BarPairRow {
  const others = countsOf(by).filter((name) => name !== below);
  return {
    key: row.key,
    above: row.sessions,
    below: row[below] ?? 0,
    details: others.map((name) => [t.counts[name], (row[name] ?? 0).toLocaleString("en")]),
    isMarked: by === "destination" && found.has(row.key),
  };
}

function Key({ by, row, emptyKey }: { by: GroupBy; row: GroupRow; emptyKey: string }) {
  const sessions = sessionsOfGroup(by, row.key);
  const text: ComponentChildren =
    row.key === "" ? (
      <span class="dim">{emptyKey}</span>
    ) : (
      <Hostile text={row.key} most={160} mono={by === "cipher_suites" || by === "ja4"} />
    );
  return (
    <div class={by === "cipher_suites" ? "roomy roomier" : "roomy"}>
      {sessions ? <Link href={sessions}>{text}</Link> : text}
      {by === "cipher_suites" && <Fingerprints row={row} />}
    </div>
  );
}

// Absent where the group shows too many.
function Fingerprints({ row }: { row: GroupRow }) {
  const t = useTexts(en, ja);
  const prints = [
    [t.ja3, row.ja3],
    [t.ja4, row.ja4],
  ] as const;
  return (
    <>
      {prints.map(
        ([label, value]) =>
          value !== undefined && (
            <div key={label} class="one-line">
              <span class="dim">{label}</span> <Hostile text={value} mono most={80} />
            </div>
          ),
      )}
    </>
  );
}

function columnsOf(by: GroupBy, t: Texts, common: ReturnType<typeof useCommon>): Omit<Column<GroupRow>, "width">[] {
  const { column } = common;
  const hasBytes = by === "destination" || by === "registrable_domain";
  const columns: Omit<Column<GroupRow>, "width">[] = [
    { id: "key", label: t.groupings[by], cell: (row) => <Key by={by} row={row} emptyKey={t.emptyKey} /> },
    { id: "sessions", label: column.sessions, align: "end", cell: (row) => <Count value={row.sessions} /> },
    ...countsOf(by).map((name) => ({
      id: name,
      label: t.counts[name],
      align: "end" as const,
      cell: (row: GroupRow) => <Count value={row[name]} />,
    })),
  ];
  if (hasBytes)
    columns.push(
      { id: "up", label: column.bytesUp, align: "end", cell: (row) => <Bytes value={row.bytes_up} /> },
      { id: "down", label: column.bytesDown, align: "end", cell: (row) => <Bytes value={row.bytes_down} /> },
    );
  columns.push(
    { id: "first", label: column.first, cell: (row) => <Time value={row.first} /> },
    { id: "last", label: column.last, cell: (row) => <Time value={row.last} /> },
  );
  return columns;
}

export function PopulationsPage() {
  const t = useTexts(en, ja);
  const common = useCommon();
  const [filters, setFilters] = useFilters(["by", "below", "log"] as const);
  const [refresh, setRefresh] = useStored("populations.refresh", "on");
  const by = isGrouping(filters.by) ? filters.by : "destination";
  const below = isDistinct(by, filters.below) ? filters.below : belowOf(by);
  const asked = useApi<Page<GroupRow>>("/api/populations", { by });
  useRefresh(refresh === "on", asked.reload);
  const rows = useSame(asked.data?.rows);
  const asOf = useMemo(() => new Date().toLocaleTimeString(), [asked.data]);
  const columns = useMemo(() => columnsOf(by, t, common), [by, t, common]);
  return (
    <>
      <PageHead title={common.nav.populations}>
        <Check label={t.refresh} value={refresh === "on"} onValue={(is) => setRefresh(is ? "on" : "off")} />
        {asked.data && <span class="dim number">{t.refreshed(asOf)}</span>}
        <Download path="/api/populations" query={{ by }} />
      </PageHead>
      <div class="choices">
        <Choice
          label={t.by}
          names={kGroupings}
          words={t.groupings}
          chosen={by}
          onChoose={(name) => setFilters({ by: name, below: "" })}
        />
        <Choice
          label={t.below}
          names={countsOf(by)}
          words={t.counts}
          chosen={below}
          onChoose={(name) => setFilters({ below: name })}
        />
        <Check label={t.log} value={filters.log === "1"} onValue={(is) => setFilters({ log: is ? "1" : "" })} />
      </div>
      <p class="dim">{t.about[by]}</p>
      <Answer asked={{ ...asked, data: rows }}>
        {(groups) =>
          groups.length === 0 ? (
            <p class="empty">{t.empty}</p>
          ) : (
            <>
              <Figure by={by} below={below} rows={groups} isLog={filters.log === "1"} />
              <p class="dim">{t.toSessions}</p>
              <Section title={t.all(groups.length)}>
                <Table label={t.groupings[by]} columns={columns} rows={groups} rowKey={(row) => row.key} />
              </Section>
            </>
          )
        }
      </Answer>
    </>
  );
}
