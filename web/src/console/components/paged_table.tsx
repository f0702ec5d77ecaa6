// A list within a page: the first rows as a table, more on demand, all of them as a download.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Query } from "../api";
import { useTexts } from "../i18n";
import { en } from "../i18n/pages/tables.en";
import { ja } from "../i18n/pages/tables.ja";
import { useRows } from "../lib/rows";
import { Download } from "./download";
import { type Column, Table } from "./list_page";
import { ErrorBox, Loading, Section } from "./small";

interface Props<Row> {
  title: string;
  path: string;
  query: Query;
  columns: readonly Omit<Column<Row>, "width">[];
  rowKey: (row: Row, index: number) => string;
  only?: (row: Row) => boolean; // of what the program answered
  empty: string;
  tools?: ComponentChildren;
  children?: ComponentChildren; // above the table
}

const kAtFirst = 10;
const kMore = 50;

export function PagedTable<Row>(props: Props<Row>) {
  const t = useTexts(en, ja);
  const asked = useRows<Row>(props.path, props.query);
  const [most, setMost] = useState(kAtFirst);
  const rows = props.only ? asked.rows.filter(props.only) : asked.rows;
  const hasMore = rows.length > most || asked.next !== undefined;
  const more = () => {
    setMost(most + kMore);
    if (rows.length < most + kMore) asked.more();
  };
  const tools = (
    <span class="row-of">
      {props.tools}
      {rows.length > 0 && <Download path={props.path} query={props.query} />}
    </span>
  );
  return (
    <Section title={props.title} tools={tools}>
      {asked.error && <ErrorBox error={asked.error} onRetry={asked.reload} />}
      {props.children}
      {asked.loading && rows.length === 0 && <Loading />}
      {(rows.length > 0 || (!asked.loading && !asked.error)) && (
        <div class="as-cards">
          <Table
            label={props.title}
            columns={props.columns}
            rows={rows.slice(0, most)}
            rowKey={props.rowKey}
            empty={props.empty}
          />
        </div>
      )}
      {hasMore && (
        <button type="button" class="table-more" onClick={more} disabled={asked.loading}>
          {t.more}
        </button>
      )}
    </Section>
  );
}
