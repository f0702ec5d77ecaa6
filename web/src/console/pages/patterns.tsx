// Patterns: candidates that wait for somebody to look, and what is accepted; how well each did where it was learned.
import { useMemo, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { Download } from "../components/download";
import { FilterBar, type FilterField } from "../components/filter_bar";
import { Hostile } from "../components/hostile";
import { type Column, Table } from "../components/list_page";
import { ExportLinks, FalseRate, OwnRate, PatternState } from "../components/pattern_parts";
import { Answer, PageHead } from "../components/small";
import { type Like, useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/patterns.en";
import { ja } from "../i18n/pages/patterns.ja";
import { useFilters } from "../lib/filters";
import { useApi } from "../lib/use_api";
import { useSession } from "../session_context";
import type { Page, PatternRow } from "../types";
import { fits, inOrder, kPatternFilters } from "./logic/pattern_list";
import "./pages2.css";

export { PatternPage } from "./pattern";

type Texts = Like<typeof en>;
type PatternColumn = Omit<Column<PatternRow>, "width">;

function columnsOf(t: Texts, common: ReturnType<typeof useCommon>): PatternColumn[] {
  return [
    {
      id: "pattern",
      label: t.pattern,
      cell: (row) => (
        <div class="pattern-name">
          <Link href={`/patterns/${encodeURIComponent(row.id)}`}>
            <Hostile text={row.name ?? row.id} most={200} />
          </Link>
          {row.name !== undefined && (
            <div class="dim">
              <Hostile text={row.id} mono />
            </div>
          )}
        </div>
      ),
    },
    { id: "state", label: t.state, cell: (row) => <PatternState isCandidate={row.candidate ?? false} /> },
    { id: "own", label: t.own, cell: (row) => <OwnRate rates={row.rates} /> },
    { id: "others", label: t.others, cell: (row) => <FalseRate rates={row.rates} /> },
    {
      id: "application",
      label: common.column.application,
      cell: (row) => <Hostile text={row.application} most={200} />,
    },
    {
      id: "finding",
      label: t.finding,
      cell: (row) =>
        row.source_finding && (
          <Link href={`/findings/${encodeURIComponent(row.source_finding)}`}>
            <span class="one-line">
              <Hostile text={row.source_finding} mono most={20} />
            </span>
          </Link>
        ),
    },
    {
      id: "author",
      label: t.author,
      cell: (row) => (
        <>
          <Hostile text={row.author} most={100} />
          {row.date && (
            <div class="dim number">
              <Hostile text={row.date} most={20} />
            </div>
          )}
        </>
      ),
    },
  ];
}

const kAtFirst = 200;

// All come on one page; a registry of thousands is drawn step by step.
function List({ rows, isFiltered, hasAccepted }: { rows: PatternRow[]; isFiltered: boolean; hasAccepted: boolean }) {
  const t = useTexts(en, ja);
  const common = useCommon();
  const [most, setMost] = useState(kAtFirst);
  return (
    <>
      <div class="list-head">
        <span class="dim" role="status">
          {common.list.rows(rows.length)}
        </span>
        {hasAccepted && <ExportLinks label={t.exportAll} />}
      </div>
      <div class="as-cards">
        <Table
          label={t.list}
          columns={columnsOf(t, common)}
          rows={rows.slice(0, most)}
          rowKey={(row) => row.id}
          empty={isFiltered ? t.emptyFiltered : t.empty}
        />
      </div>
      {rows.length > most && (
        <button type="button" class="table-more" onClick={() => setMost(most + kAtFirst)}>
          {t.more}
        </button>
      )}
    </>
  );
}

function Registry() {
  const t = useTexts(en, ja);
  const common = useCommon();
  const session = useSession();
  const [filters, setFilters] = useFilters(kPatternFilters);
  const asked = useApi<Page<PatternRow>>("/api/patterns", { limit: 500 });
  const rows = useMemo(
    () => inOrder(asked.data?.rows ?? []).filter((row) => fits(row, filters)),
    [asked.data, filters],
  );
  const waiting = asked.data?.rows.filter((row) => row.candidate).length ?? 0;
  const hasAccepted = (asked.data?.rows.length ?? 0) > waiting;
  const fields: FilterField<(typeof kPatternFilters)[number]>[] = [
    { name: "q", label: t.search, kind: "search", placeholder: t.searchHint },
    {
      name: "state",
      label: t.state,
      kind: "select",
      options: (["candidate", "accepted"] as const).map((value) => ({ value, label: t[value] })),
    },
  ];
  if (filters.finding) fields.push({ name: "finding", label: t.finding, kind: "text" });
  return (
    <>
      <PageHead title={common.nav.patterns}>
        <Download path="/api/patterns" />
        {session.patterns === "write" && !session.read_only && (
          <Link href="/patterns/new" class="button">
            {t.write}
          </Link>
        )}
      </PageHead>
      {waiting > 0 && <p class="notice">{t.candidatesWait(waiting)}</p>}
      <FilterBar fields={fields} filters={filters} onFilters={setFilters} />
      <Answer asked={asked}>
        {() => <List rows={rows} isFiltered={Object.keys(filters).length > 0} hasAccepted={hasAccepted} />}
      </Answer>
    </>
  );
}

export function PatternsPage() {
  const t = useTexts(en, ja);
  const common = useCommon();
  if (useSession().patterns !== "none") return <Registry />;
  return (
    <>
      <PageHead title={common.nav.patterns} />
      <p class="notice">{t.none}</p>
    </>
  );
}
