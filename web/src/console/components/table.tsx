import type { ComponentChildren } from "preact";
import { useCommon } from "../i18n";
import { countText } from "../lib/format";
import type { Column } from "./list_page";

// A short table of what is there already: no paging, no keys; the browser's own. `stacked`: on narrow screens the
// cells of a row stand below each other. `wide`: a column that takes what room there is.
export function Table<Row>(props: {
  label: string;
  stacked?: boolean;
  columns: readonly (Omit<Column<Row>, "width"> & { wide?: boolean })[];
  rows: readonly Row[];
  rowKey: (row: Row, index: number) => string;
  empty?: ComponentChildren;
}) {
  const t = useCommon();
  if (props.rows.length === 0) return <p class="empty">{props.empty ?? t.state.empty}</p>;
  // On narrow screens the style sheet makes blocks of rows and cells, which would cost them their roles.
  const role = (name: "table" | "rowgroup" | "row" | "cell" | "columnheader") => (props.stacked ? name : undefined);
  return (
    <div class="table-frame" role="region" aria-label={`${props.label}: ${countText(props.rows.length)}`} tabIndex={0}>
      <table class={props.stacked ? "table table-stacked" : "table"} role={role("table")} aria-label={props.label}>
        <thead role={role("rowgroup")}>
          <tr role={role("row")}>
            {props.columns.map((column) => (
              <th key={column.id} scope="col" role={role("columnheader")} class={classOf(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role={role("rowgroup")}>
          {props.rows.map((row, index) => (
            <tr key={props.rowKey(row, index)} role={role("row")}>
              {props.columns.map((column) => (
                <td key={column.id} role={role("cell")} class={classOf(column)} data-label={column.label}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf(column: { align?: "end"; wide?: boolean; narrow?: string }): string {
  const classes = [`narrow-${column.narrow ?? "meta"}`];
  if (column.align === "end") classes.push("cell-end");
  if (column.wide) classes.push("cell-wide");
  return classes.join(" ");
}
