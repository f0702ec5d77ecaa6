// Every client with each of its User-Agents: a backdoor beside a browser is a row of its own.
import { Download } from "../components/download";
import { FilterBar, type FilterField } from "../components/filter_bar";
import { Hostile } from "../components/hostile";
import { type Column, ListPage } from "../components/list_page";
import { Bytes, Count, PageHead, Time, UserAgent } from "../components/small";
import { kVerdicts, Verdict } from "../components/verdict";
import { useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/clients.en";
import { ja } from "../i18n/pages/clients.ja";
import { useFilters } from "../lib/filters";
import type { ClientRow } from "../types";
import { clientRowPath } from "./logic/session_links";
import "./pages2.css";

const kNames = ["q", "client", "verdict"] as const;

export function useClientColumns(): Column<ClientRow>[] {
  const t = useTexts(en, ja);
  const { column } = useCommon();
  return [
    {
      id: "client",
      label: column.client,
      width: "minmax(7rem, 1fr)",
      cell: (row) => <Hostile text={row.client} inline />,
      narrow: "title",
    },
    {
      id: "user_agent",
      label: column.userAgent,
      width: "minmax(10rem, 3fr)",
      cell: (row) => <UserAgent value={row.user_agent} />,
    },
    {
      id: "verdict",
      label: t.verdict,
      width: "12rem",
      cell: (row) => <Verdict value={row.verdict} score={row.score} />,
    },
    { id: "sessions", label: column.sessions, width: "5.5rem", align: "end", cell: (row) => <Count value={row.sessions} /> },
    {
      id: "up",
      label: column.bytesUp,
      width: "5rem",
      align: "end",
      cell: (row) => <Bytes value={row.bytes_up} />,
      narrow: "hidden",
    },
    {
      id: "down",
      label: column.bytesDown,
      width: "5.8rem",
      align: "end",
      cell: (row) => <Bytes value={row.bytes_down} />,
      narrow: "hidden",
    },
    { id: "first", label: column.first, width: "8.5rem", cell: (row) => <Time value={row.first} />, narrow: "hidden" },
    { id: "last", label: column.last, width: "8.5rem", cell: (row) => <Time value={row.last} /> },
  ];
}

export function ClientsPage() {
  const t = useTexts(en, ja);
  const common = useCommon();
  const [filters, setFilters] = useFilters(kNames);
  const columns = useClientColumns();
  const fields: FilterField<(typeof kNames)[number]>[] = [
    { name: "q", label: t.search, kind: "search", placeholder: t.searchHint },
    { name: "client", label: common.column.client, kind: "text" },
    {
      name: "verdict",
      label: t.verdict,
      kind: "select",
      options: kVerdicts.map((value) => ({ value, label: t.verdicts[value] })),
    },
  ];
  return (
    <>
      <PageHead title={common.nav.clients}>
        <Download path="/api/clients" query={filters} />
      </PageHead>
      <FilterBar fields={fields} filters={filters} onFilters={setFilters} />
      <ListPage<ClientRow>
        label={t.list}
        path="/api/clients"
        query={filters}
        columns={columns}
        rowKey={(row) => `${row.client}\n${row.user_agent ?? "\r"}`}
        rowHref={clientRowPath}
      />
    </>
  );
}
