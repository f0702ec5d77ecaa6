// Alerts as they come. New ones stand at the top at once, unless somebody has paused, is further down, or is in the
// list with the keyboard: then they wait behind a button, so that nothing moves under the eye or the hand.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { AlertDialog } from "../components/alert_dialog";
import { Download } from "../components/download";
import { FilterBar, type FilterField } from "../components/filter_bar";
import { Hostile } from "../components/hostile";
import { type Column, ListPage } from "../components/list_page";
import { PageHead, Score, Severity, Time } from "../components/small";
import { labelOf, useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/alerts.en";
import { ja } from "../i18n/pages/alerts.ja";
import { type Filters, useFilters } from "../lib/filters";
import { plainOf } from "../lib/hostile";
import { useLive } from "../lib/live";
import type { AlertRow } from "../types";
import { kAlertFilters, passes, withNew } from "./logic/alert_list";
import { clientOfAlert, clientPath } from "./logic/session_links";
import "./pages2.css";

type Name = (typeof kAlertFilters)[number];

function useFields(filters: Filters<Name>): FilterField<Name>[] {
  const t = useTexts(en, ja);
  const common = useCommon();
  const levels = ["high", "medium", "low"] as const;
  const fields: FilterField<Name>[] = [
    { name: "q", label: common.list.search, kind: "search", placeholder: t.searchHint },
    {
      name: "severity",
      label: common.column.severity,
      kind: "select",
      options: levels.map((value) => ({ value, label: common.words.severity[value] })),
    },
    {
      name: "kind",
      label: common.column.kind,
      kind: "select",
      options: (["pattern", "finding", "verdict"] as const).map((value) => ({ value, label: t.kinds[value] })),
    },
    { name: "pattern_id", label: t.patternId, kind: "text" },
    { name: "finding_id", label: t.findingId, kind: "text" },
  ];
  return fields.filter((field) => field.kind !== "text" || filters[field.name]);
}

export function useAlertColumns(fresh: ReadonlySet<number>): Column<AlertRow>[] {
  const t = useTexts(en, ja);
  const { column } = useCommon();
  return [
    {
      id: "what",
      label: t.what,
      width: "minmax(9rem, 1.6fr)",
      narrow: "title",
      cell: (row) => <What row={row} isNew={fresh.has(row.id)} />,
    },
    {
      id: "time",
      label: column.time,
      width: "10.2rem",
      cell: (row) => <Time value={row.time} precision="second" />,
    },
    { id: "severity", label: column.severity, width: "4.5rem", cell: (row) => <Severity value={row.severity} /> },
    { id: "score", label: column.score, width: "6rem", cell: (row) => <Score value={row.score} />, narrow: "hidden" },
    {
      id: "client",
      label: t.client,
      width: "minmax(6rem, 0.9fr)",
      cell: (row) => <ClientOf row={row} />,
    },
    {
      id: "destination",
      label: column.destination,
      width: "minmax(8rem, 1.6fr)",
      cell: (row) => <Hostile text={row.destination} inline />,
    },
    {
      id: "why",
      label: t.why,
      width: "minmax(8rem, 2fr)",
      cell: (row) => <Hostile text={row.sentences?.join("; ")} inline />,
      narrow: "hidden",
    },
  ];
}

function What({ row, isNew }: { row: AlertRow; isNew: boolean }) {
  const t = useTexts(en, ja);
  const name = row.pattern_name ?? row.pattern_id ?? row.application ?? row.verdict;
  const kind = plainOf(labelOf(t.kinds, row.kind), 40);
  return (
    <span class="row-of tight">
      {isNew && <span class="badge status-new">{t.isNew}</span>}
      <Hostile text={name === undefined ? kind : `${kind}: ${name}`} inline />
    </span>
  );
}

function ClientOf({ row }: { row: AlertRow }) {
  const client = clientOfAlert(row) ?? row.clients?.[0];
  if (client === undefined) return null;
  const more = clientOfAlert(row) === undefined ? (row.clients?.length ?? 1) - 1 : 0;
  return (
    <span class="row-of tight">
      <Link href={clientPath(client)} class="go" tabIndex={-1}>
        <Hostile text={client} inline />
      </Link>
      {more > 0 && <span class="dim">+{more}</span>}
    </span>
  );
}

const kAnnounceMs = 5000;
const isAtWork = () => window.scrollY > 4 || document.activeElement?.closest(".grid, dialog") != null;

interface Live {
  shown: AlertRow[];
  waiting: AlertRow[];
  isPaused: boolean;
  isLost: boolean;
  round: number; // the list is to be asked for again
  announcement: string;
  setPaused: (isPaused: boolean) => void;
  show: () => void;
}

// New alerts that fit the filters, since the page was opened with them.
function useNewAlerts(filters: Filters<Name>): Live {
  const t = useTexts(en, ja);
  const key = JSON.stringify(filters);
  const [rows, setRows] = useState<{ shown: AlertRow[]; waiting: AlertRow[] }>({ shown: [], waiting: [] });
  const [isPaused, setPaused] = useState(false);
  const [isLost, setLost] = useState(false);
  const [round, setRound] = useState(0);
  const [announcement, announce] = useAnnouncement(t.announced);
  useEffect(() => setRows({ shown: [], waiting: [] }), [key, round]);

  useLive("alert", (alert) => {
    if (!passes(alert, filters)) return;
    announce();
    const isHeld = isPaused || isAtWork();
    setRows(({ shown, waiting }) =>
      isHeld || waiting.length > 0
        ? { shown, waiting: withNew(waiting, [alert]) }
        : { shown: withNew(shown, [alert]), waiting },
    );
  });
  useLive("state", (state) => {
    // What came meanwhile may have been missed: the list knows.
    if (state === "open" && isLost) setRound((n) => n + 1);
    setLost(state === "lost");
  });

  const show = useCallback(() => {
    setRows(({ shown, waiting }) => ({ shown: withNew(shown, waiting), waiting: [] }));
    window.scrollTo(0, 0);
  }, []);
  const pause = (next: boolean) => {
    setPaused(next);
    if (!next) show();
  };
  return { ...rows, isPaused, isLost, round, announcement, setPaused: pause, show };
}

// Said at most every few seconds: a burst is one sentence.
function useAnnouncement(words: (n: number) => string): [string, () => void] {
  const [text, setText] = useState("");
  const count = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const announce = () => {
    count.current += 1;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setText(`${words(count.current)} (${new Date().toLocaleTimeString()})`); // the same words twice are not read
      count.current = 0;
    }, kAnnounceMs);
  };
  return [text, announce];
}

function LiveState({ live }: { live: Live }) {
  const t = useTexts(en, ja);
  const state = live.isLost ? "lost" : live.isPaused ? "paused" : "live";
  return (
    <span class="row-of">
      <span class={`live-state live-${state}`}>{t[state]}</span>
      <button type="button" aria-pressed={live.isPaused} onClick={() => live.setPaused(!live.isPaused)}>
        {live.isPaused ? t.goOn : t.pause}
      </button>
    </span>
  );
}

export function AlertsPage() {
  const t = useTexts(en, ja);
  const common = useCommon();
  const [filters, setFilters] = useFilters(kAlertFilters);
  const live = useNewAlerts(filters);
  const fields = useFields(filters);
  const columns = useAlertColumns(new Set(live.shown.map((row) => row.id)));
  const [open, setOpen] = useState<AlertRow>();
  return (
    <>
      <PageHead title={common.nav.alerts}>
        <LiveState live={live} />
        <Download path="/api/alerts" query={filters} />
      </PageHead>
      <FilterBar fields={fields} filters={filters} onFilters={setFilters} />
      <div class="visually-hidden" role="status" aria-live="polite">
        {live.announcement}
      </div>
      {live.waiting.length > 0 && (
        <div class="waiting">
          <button type="button" class="primary" onClick={live.show}>
            {t.waiting(live.waiting.length)}
          </button>
        </div>
      )}
      <ListPage<AlertRow>
        label={t.list}
        path="/api/alerts"
        query={filters}
        columns={columns}
        rowKey={(row) => String(row.id)}
        onOpen={setOpen}
        before={live.shown}
        round={live.round}
      />
      {open && <AlertDialog alert={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
