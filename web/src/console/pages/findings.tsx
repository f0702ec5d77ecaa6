// All findings: a list for the keyboard, filtered and sorted by the program; grouped by application or client.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Query, urlOf } from "../api";
import { Download } from "../components/download";
import { type FilterField, FilterBar } from "../components/filter_bar";
import { FindingDialog, type FindingAction } from "../components/finding_dialogs";
import { Hostile } from "../components/hostile";
import { type Column, ListPage } from "../components/list_page";
import { Count, KindLabel, PageHead, Score, Status, Time } from "../components/small";
import { toast } from "../components/toast";
import { labelOf, useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/findings.en";
import { ja } from "../i18n/pages/findings.ja";
import { type Filters, linkTo, useFilters } from "../lib/filters";
import { plainOf } from "../lib/hostile";
import { useSession } from "../session_context";
import type { FindingGroupRow, FindingRow } from "../types";
import { timeFor } from "./logic/session_links";

const kFilters = [
  "q", "status", "severity", "kind", "min_score", "application", "client", "assignee", "since", "earlier",
] as const;
const kNames = [...kFilters, "sort", "by"] as const;
type FilterName = (typeof kFilters)[number];
type Name = (typeof kNames)[number];

const useFindingsTexts = () => useTexts(en, ja);

function useFields(): FilterField<FilterName>[] {
  const t = useFindingsTexts();
  const { words, column } = useCommon();
  const options = (labels: Record<string, string>) =>
    Object.entries(labels).map(([value, label]) => ({ value, label }));
  return [
    { name: "q", label: t.search, kind: "search", placeholder: t.searchHint },
    { name: "status", label: column.status, kind: "select", options: options(words.status) },
    { name: "severity", label: column.severity, kind: "select", options: options(words.severity) },
    { name: "kind", label: column.kind, kind: "select", options: options(words.kind) },
    {
      name: "min_score",
      label: t.minScore,
      kind: "select",
      options: ["0.3", "0.5", "0.8"].map((value) => ({ value, label: value })),
    },
    { name: "application", label: t.application, kind: "text" },
    { name: "client", label: t.client, kind: "text" },
    { name: "assignee", label: t.assignee, kind: "text" },
    { name: "since", label: t.since, kind: "date" },
    { name: "earlier", label: t.earlier, kind: "check" },
  ];
}

const queryOf = (filters: Filters<Name>): Query => {
  const { by: _, sort: __, since, ...rest } = filters;
  return { ...rest, since: timeFor(since, "first") };
};

export function FindingsPage() {
  const t = useFindingsTexts();
  const fields = useFields();
  const [filters, setFilters] = useFilters(kNames);
  const by = filters.by === "application" || filters.by === "client" ? filters.by : undefined;
  const query = queryOf(filters);
  const sort = filters.sort ?? "-score";
  return (
    <>
      <PageHead title={t.title}>
        <Grouping by={by} onBy={(value) => setFilters({ by: value })} />
        {by ? (
          <Download path="/api/finding-groups" query={{ ...query, by }} />
        ) : (
          <Download path="/api/findings" query={{ ...query, sort }} />
        )}
      </PageHead>
      <FilterBar fields={fields} filters={filters} onFilters={setFilters} />
      {by ? (
        <Groups by={by} query={query} filters={filters} />
      ) : (
        <Each query={query} sort={sort} onSort={(value) => setFilters({ sort: value === "-score" ? "" : value })} />
      )}
    </>
  );
}

function Grouping({ by, onBy }: { by: string | undefined; onBy: (by: string) => void }) {
  const t = useFindingsTexts();
  const choices = [
    ["", t.each],
    ["application", t.byApplication],
    ["client", t.byClient],
  ] as const;
  return (
    <span class="button-group" role="group" aria-label={t.grouping}>
      {choices.map(([value, label]) => (
        <button key={value} type="button" aria-pressed={value === (by ?? "")} onClick={() => onBy(value)}>
          {label}
        </button>
      ))}
    </span>
  );
}

export function useFindingColumns(): Column<FindingRow>[] {
  const { column } = useCommon();
  return [
    {
      id: "score",
      label: column.score,
      width: "6.5rem",
      sortable: true,
      firstDescending: true,
      cell: (row) => <Score value={row.score} />,
    },
    {
      id: "destination",
      label: column.destination,
      width: "minmax(12rem, 5fr)",
      sortable: true,
      narrow: "title",
      cell: (row) => <TwoLines first={row.destination} second={<Hostile text={row.evidence} inline />} />,
    },
    {
      id: "application",
      label: column.application,
      width: "minmax(9rem, 3fr)",
      sortable: true,
      cell: (row) => <TwoLines first={row.application ?? ""} second={<ClassAndKind row={row} />} />,
    },
    {
      id: "status",
      label: column.status,
      width: "6.5rem",
      sortable: true,
      cell: (row) => (
        <>
          <Status value={row.status} />
          {row.assignee && (
            <span class="dim second-line">
              <Hostile text={row.assignee} inline />
            </span>
          )}
        </>
      ),
    },
    {
      id: "sessions",
      label: column.sessions,
      width: "5.8rem",
      align: "end",
      sortable: true,
      firstDescending: true,
      cell: (row) => <Count value={row.sessions} />,
    },
    {
      id: "clients",
      label: column.clients,
      width: "6.6rem",
      align: "end",
      sortable: true,
      firstDescending: true,
      cell: (row) => <Count value={row.clients} />,
    },
    {
      id: "last",
      label: column.last,
      width: "8.8rem",
      sortable: true,
      firstDescending: true,
      cell: (row) => <Time value={row.last} />,
    },
  ];
}

function TwoLines({ first, second }: { first: string; second: ComponentChildren }) {
  return (
    <>
      <Hostile text={first} inline />
      <span class="dim second-line">{second}</span>
    </>
  );
}

function ClassAndKind({ row }: { row: FindingRow }) {
  const { words } = useCommon();
  return (
    <>
      {row.class && <>{plainOf(labelOf(words.class, row.class), 60)} · </>}
      <KindLabel value={row.kind} />
    </>
  );
}

function Each({ query, sort, onSort }: { query: Query; sort: string; onSort: (sort: string) => void }) {
  const t = useFindingsTexts();
  const { read_only: isReadOnly } = useSession();
  const columns = useFindingColumns();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [round, setRound] = useState(0);
  // What is not in the list any more is not acted upon.
  useEffect(() => setSelected(new Set()), [urlOf("", query)]);
  const toggle = (key: string) =>
    setSelected((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  return (
    <>
      <ListPage<FindingRow>
        label={t.list}
        path="/api/findings"
        query={{ ...query, sort }}
        columns={columns}
        rowKey={(row) => row.finding_id}
        rowHref={(row) => `/findings/${encodeURIComponent(row.finding_id)}`}
        sort={sort}
        onSort={onSort}
        round={round}
        tall
        empty={Object.values(query).some(Boolean) ? undefined : t.none}
        {...(!isReadOnly && { selected, onSelect: toggle })}
      />
      {selected.size > 0 && (
        <SelectedActions
          ids={[...selected]}
          onNone={() => setSelected(new Set())}
          onDone={() => {
            setSelected(new Set());
            setRound((n) => n + 1);
          }}
        />
      )}
    </>
  );
}

function SelectedActions({ ids, onNone, onDone }: { ids: string[]; onNone: () => void; onDone: () => void }) {
  const t = useFindingsTexts();
  const [action, setAction] = useState<FindingAction>();
  const actions = [
    ["sanction", t.sanction],
    ["confirm", t.confirm],
    ["take-back", t.takeBack],
    ["assign", t.assign],
  ] as const;
  const done = (n: number) => {
    toast(n < ids.length ? t.doneInPart(n, ids.length) : t.done(n), n < ids.length ? "error" : "info");
    onDone();
  };
  return (
    <div class="selected-actions" role="region" aria-label={t.selectedActions}>
      <span>
        {t.selectedActions} <strong>{ids.length}</strong>
      </span>
      {actions.map(([id, label]) => (
        <button key={id} type="button" onClick={() => setAction(id)}>
          {label}
        </button>
      ))}
      <button type="button" class="link" onClick={onNone}>
        {t.clearSelection}
      </button>
      {action && <FindingDialog action={action} ids={ids} onClose={() => setAction(undefined)} onDone={done} />}
    </div>
  );
}

function Groups({ by, query, filters }: { by: "application" | "client"; query: Query; filters: Filters<Name> }) {
  const t = useFindingsTexts();
  const { column } = useCommon();
  const columns: Column<FindingGroupRow>[] = [
    {
      id: "key",
      label: by === "application" ? column.application : column.client,
      width: "minmax(14rem, 3fr)",
      narrow: "title",
      cell: (row) =>
        row.key === "" ? <span class="dim">{t.unknownApplication}</span> : <Hostile text={row.key} inline />,
    },
    { id: "score", label: t.highest, width: "8rem", cell: (row) => <Score value={row.highest_score} /> },
    { id: "findings", label: column.findings, width: "7rem", align: "end", cell: (row) => <Count value={row.findings} /> },
    { id: "sessions", label: column.sessions, width: "7rem", align: "end", cell: (row) => <Count value={row.sessions} /> },
  ];
  // Without a key there is nothing to filter by.
  const href = (row: FindingGroupRow) =>
    row.key === "" ? undefined : linkTo("/findings", { ...filters, by: undefined, [by]: row.key });
  return (
    <ListPage<FindingGroupRow>
      label={t.list}
      path="/api/finding-groups"
      query={{ ...query, by }}
      columns={columns}
      rowKey={(row) => row.key}
      rowHref={href}
    />
  );
}
