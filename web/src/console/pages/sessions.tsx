// Sessions that fit any filter; each can be opened whole. `open`: the session that a link is about.
import { useEffect, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { Query } from "../api";
import { Download } from "../components/download";
import { FilterBar, type FilterField } from "../components/filter_bar";
import { Hostile } from "../components/hostile";
import { type Column, ListPage } from "../components/list_page";
import { SessionDialog } from "../components/session_dialog";
import { Bytes, Count, KindLabel, PageHead, Time, UserAgent } from "../components/small";
import { useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/sessions.en";
import { ja } from "../i18n/pages/sessions.ja";
import { type Filters, useFilters } from "../lib/filters";
import { useSome } from "../lib/use_some";
import type { SessionRow } from "../types";
import { clientPath, timeFor } from "./logic/session_links";
import "./pages2.css";

const kNames = [
  "client",
  "destination",
  "kind",
  "user_agent",
  "no_user_agent",
  "from",
  "to",
  "registrable_domain",
  "ja4",
  "cipher_suites",
] as const;
type Name = (typeof kNames)[number];
const kKinds = ["get-post", "connect", "ssl", "websocket", "other"] as const;

// These come from links, and nobody types them: fields for them stand there once they are set.
const kFromLinks: readonly Name[] = ["registrable_domain", "ja4", "cipher_suites"];

export function sessionQuery(filters: Filters<Name>): Query {
  return { ...filters, from: timeFor(filters.from, "first"), to: timeFor(filters.to, "last") };
}

function useFields(filters: Filters<Name>): FilterField<Name>[] {
  const t = useTexts(en, ja);
  const common = useCommon();
  const fields: FilterField<Name>[] = [
    { name: "destination", label: common.column.destination, kind: "search", placeholder: t.exactly },
    { name: "client", label: common.column.client, kind: "text", placeholder: t.exactly },
    {
      name: "kind",
      label: common.column.kind,
      kind: "select",
      options: kKinds.map((value) => ({ value, label: common.words.kind[value] })),
    },
    { name: "user_agent", label: common.column.userAgent, kind: "text", placeholder: t.exactly },
    { name: "no_user_agent", label: t.noUserAgent, kind: "check" },
    { name: "from", label: t.from, kind: "date" },
    { name: "to", label: t.to, kind: "date" },
    { name: "registrable_domain", label: t.registrableDomain, kind: "text" },
    { name: "ja4", label: t.ja4, kind: "text" },
    { name: "cipher_suites", label: t.cipherSuites, kind: "text" },
  ];
  return fields.filter((field) => !kFromLinks.includes(field.name) || filters[field.name]);
}

export function useSessionColumns(): Column<SessionRow>[] {
  const t = useTexts(en, ja);
  const { column } = useCommon();
  return [
    {
      id: "destination",
      label: column.destination,
      width: "minmax(9rem, 2.2fr)",
      cell: (row) => <Hostile text={row.destination} inline />,
      narrow: "title",
    },
    { id: "start", label: column.start, width: "10.2rem", cell: (row) => <Time value={row.start} precision="second" /> },
    {
      id: "client",
      label: column.client,
      width: "minmax(6rem, 1fr)",
      cell: (row) => (
        <Link href={clientPath(row.client)} class="go" tabIndex={-1}>
          <Hostile text={row.client} inline />
        </Link>
      ),
    },
    { id: "kind", label: column.kind, width: "8.6rem", cell: (row) => <KindLabel value={row.kind} /> },
    { id: "inner", label: t.inner, width: "4.5rem", cell: (row) => <Hostile text={innerOf(row)} inline /> },
    {
      id: "user_agent",
      label: column.userAgent,
      width: "minmax(6rem, 1.6fr)",
      cell: (row) => <UserAgent value={row.user_agent} />,
      narrow: "hidden",
    },
    {
      id: "exchanges",
      label: t.exchanges,
      width: "5.5rem",
      align: "end",
      narrow: "hidden",
      cell: (row) => (
        <>
          <Count value={row.exchanges_up} /> / <Count value={row.exchanges_down} />
        </>
      ),
    },
    { id: "up", label: column.bytesUp, width: "4.8rem", align: "end", cell: (row) => <Bytes value={row.bytes_up} /> },
    { id: "down", label: column.bytesDown, width: "5.8rem", align: "end", cell: (row) => <Bytes value={row.bytes_down} /> },
  ];
}

// Of requests that are seen through there is no "inside".
export const innerOf = (row: SessionRow): string | undefined =>
  row.kind === "get-post" ? undefined : row.inner_protocol;

export function SessionsPage() {
  const t = useTexts(en, ja);
  const common = useCommon();
  const [filters, setFilters] = useFilters(kNames);
  const [link, setLink] = useFilters(["open"] as const);
  const fields = useFields(filters);
  const columns = useSessionColumns();
  const [shown, setShown] = useState<SessionRow>();
  const query = sessionQuery(filters);
  return (
    <>
      <PageHead title={common.nav.sessions}>
        <Download path="/api/sessions" query={query} />
      </PageHead>
      <FilterBar fields={fields} filters={filters} onFilters={setFilters} />
      {link.open !== undefined && shown === undefined && (
        <Linked id={link.open} query={query} onFound={setShown} />
      )}
      <ListPage<SessionRow>
        label={t.list}
        path="/api/sessions"
        query={query}
        columns={columns}
        rowKey={(row) => row.session_id}
        onOpen={setShown}
      />
      {shown && (
        <SessionDialog
          line={shown.line}
          onClose={() => {
            setShown(undefined);
            setLink({ open: "" }, { replace: true });
          }}
        />
      )}
    </>
  );
}

const kLookedThrough = 1000;

// Opens the session that the link names, if it is among the latest of the list.
function Linked({ id, query, onFound }: { id: string; query: Query; onFound: (row: SessionRow) => void }) {
  const t = useTexts(en, ja);
  const { rows } = useSome<SessionRow>("/api/sessions", query, kLookedThrough);
  const found = rows?.find((row) => row.session_id === id);
  useEffect(() => {
    if (found) onFound(found);
  }, [found]);
  return rows && !found ? (
    <p class="notice warn" role="status">
      {t.notFound}
    </p>
  ) : null;
}
