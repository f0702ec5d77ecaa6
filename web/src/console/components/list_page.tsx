// A long list: rows asked for page by page as somebody scrolls, only those in view drawn; a grid for those who listen,
// driven by keys (j k, arrows, Home End, Enter, x). On narrow screens each row is a card.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import type { Query } from "../api";
import { useCommon } from "../i18n";
import { hasShortcuts, useKeys } from "../lib/keys";
import { useRows } from "../lib/rows";
import { scrollFor, windowOf } from "../lib/window";
import { ErrorBox } from "./small";

export { Table } from "./table";

export interface Column<Row> {
  id: string; // the value of `sort`, where it can be sorted by
  label: string;
  width: string; // a track of CSS grid: "minmax(12rem, 3fr)", "6rem"
  cell: (row: Row) => ComponentChildren;
  sortable?: boolean;
  firstDescending?: boolean; // numbers and times: the first click puts the highest first
  align?: "end";
  narrow?: "title" | "meta" | "hidden"; // on narrow screens; default "meta". "title" also carries the row's link
}

export interface ListProps<Row> {
  label: string; // what the list is, for those who listen
  path: string; // "/api/findings"
  query?: Query; // sent with each page
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  rowHref?: (row: Row) => string | undefined; // a page of ours; click and Enter open it
  onOpen?: (row: Row) => void; // instead of a page
  selected?: ReadonlySet<string>; // with onSelect: rows can be marked with x
  onSelect?: (key: string, row: Row) => void;
  sort?: string | undefined; // "score", "-score"
  onSort?: (sort: string) => void;
  empty?: ComponentChildren;
  before?: readonly Row[]; // shown above what the program answered (live events)
  round?: number; // asked again when it changes
  tools?: ComponentChildren; // beside the number of rows
  tall?: boolean; // rows of two lines
}

// The next sort when a column's head is pressed.
export function nextSort(sort: string | undefined, column: { id: string; firstDescending?: boolean }): string {
  const down = `-${column.id}`;
  if (sort === down) return column.id;
  if (sort === column.id) return down;
  return column.firstDescending ? down : column.id;
}

// The heights of a row are the style sheet's; the arithmetic needs them in pixels.
function rowHeightOf(element: HTMLElement | null): number {
  const value = element ? Number.parseFloat(getComputedStyle(element).getPropertyValue("--row-px")) : Number.NaN;
  return Number.isFinite(value) && value > 0 ? value : 36;
}

interface View {
  above: number;
  height: number;
  rowHeight: number;
}

function useView(body: { current: HTMLDivElement | null }): View {
  const [view, setView] = useState<View>({ above: 0, height: 900, rowHeight: 36 });
  useLayoutEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const element = body.current;
      if (!element) return;
      const above = -element.getBoundingClientRect().top;
      const next = { above, height: window.innerHeight, rowHeight: rowHeightOf(element) };
      setView((old) =>
        Math.abs(old.above - next.above) < 1 && old.height === next.height && old.rowHeight === next.rowHeight
          ? old
          : next,
      );
    };
    const later = () => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    window.addEventListener("scroll", later, { passive: true });
    window.addEventListener("resize", later);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("scroll", later);
      window.removeEventListener("resize", later);
    };
  }, []);
  return view;
}

function Head<Row>(props: {
  column: Column<Row>;
  sort: string | undefined;
  onSort: ListProps<Row>["onSort"];
}) {
  const { column, sort, onSort } = props;
  const t = useCommon();
  const isSorted = sort === column.id || sort === `-${column.id}`;
  const direction = !isSorted ? undefined : sort?.startsWith("-") ? "descending" : "ascending";
  const classes = column.align === "end" ? "cell cell-end" : "cell";
  if (!column.sortable || !onSort)
    return (
      <div role="columnheader" class={classes}>
        {column.label}
      </div>
    );
  return (
    <div role="columnheader" class={classes} aria-sort={direction ?? "none"}>
      <button
        type="button"
        class="sort"
        title={t.list.sortBy(column.label)}
        onClick={() => onSort(nextSort(sort, column))}
      >
        {column.label}
        <span class="sort-mark" aria-hidden="true">
          {direction === "ascending" ? "▲" : direction === "descending" ? "▼" : ""}
        </span>
      </button>
    </div>
  );
}

function OneRow<Row>(props: {
  list: ListProps<Row>;
  row: Row;
  index: number;
  id: string;
  isActive: boolean;
  onActive: () => void;
  onOpen: () => void;
}) {
  const { list, row } = props;
  const t = useCommon();
  const key = list.rowKey(row);
  const isSelected = list.selected?.has(key) ?? false;
  const href = list.rowHref?.(row);
  const isOpenable = href !== undefined || list.onOpen !== undefined;
  const click = (event: MouseEvent) => {
    props.onActive();
    if ((event.target as Element).closest("a, button, input, label")) return;
    if (!isOpenable || window.getSelection()?.toString()) return; // text was being marked, not a row opened
    props.onOpen();
  };
  return (
    <div
      role="row"
      id={props.id}
      class={`row${props.isActive ? " row-active" : ""}${isSelected ? " row-selected" : ""}${isOpenable ? " row-link" : ""}`}
      aria-rowindex={props.index + 2}
      aria-selected={list.onSelect ? isSelected : undefined}
      onClick={click}
    >
      {list.onSelect && (
        <div role="gridcell" class="cell cell-mark">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={isSelected}
            aria-label={t.list.select}
            onChange={() => list.onSelect?.(key, row)}
          />
        </div>
      )}
      {list.columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          class={`cell narrow-${column.narrow ?? "meta"}${column.align === "end" ? " cell-end" : ""}`}
          data-label={column.label}
        >
          {column.narrow === "title" && href !== undefined ? (
            <a
              href={href}
              tabIndex={-1}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
                event.preventDefault();
                props.onOpen();
              }}
            >
              {column.cell(row)}
            </a>
          ) : (
            column.cell(row)
          )}
        </div>
      ))}
    </div>
  );
}

export function ListPage<Row>(list: ListProps<Row>) {
  const t = useCommon();
  const [, navigate] = useLocation();
  const asked = useRows<Row>(list.path, list.query ?? {});
  const before = useMemo(() => {
    if (!list.before?.length) return [];
    const known = new Set(asked.rows.map(list.rowKey)); // what came in while the program answered is there twice
    return list.before.filter((row) => !known.has(list.rowKey(row)));
  }, [list.before, asked.rows]);
  const rows = before.length > 0 ? [...before, ...asked.rows] : asked.rows;
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const view = useView(body);
  const [active, setActive] = useState(asked.restored?.active ?? -1);
  const id = useId();

  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) asked.reload();
    isFirst.current = false;
  }, [list.round]);

  // Another question: from the top. Back: as it was left.
  useLayoutEffect(() => {
    setActive(asked.restored?.active ?? -1);
    if (asked.restored) window.scrollTo(0, asked.restored.scroll);
  }, [asked.url]);
  const left = useRef({ scroll: 0, active: -1 });
  left.current = { scroll: window.scrollY, active };
  useEffect(() => () => asked.leave(left.current.scroll, left.current.active), [asked.url]);

  const { from, to } = windowOf(rows.length, view.rowHeight, view.above, view.height);
  useEffect(() => {
    if (to >= rows.length - 20) asked.more();
  }, [to, rows.length, asked.next, asked.loading]);

  const open = useCallback(
    (row: Row) => {
      const href = list.rowHref?.(row);
      if (href !== undefined) navigate(href);
      else list.onOpen?.(row);
    },
    [navigate, list.rowHref, list.onOpen],
  );
  const goTo = (index: number) => {
    if (rows.length === 0) return;
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    grid.current?.focus({ preventScroll: true });
    const head = grid.current?.querySelector(".row-head")?.clientHeight ?? 0;
    const above = body.current ? -body.current.getBoundingClientRect().top : 0;
    window.scrollBy(0, scrollFor(next, view.rowHeight, above, window.innerHeight, head));
  };
  const command = (key: string): boolean => {
    const row = rows[active];
    if (key === "j") goTo(active + 1);
    else if (key === "k") goTo(active - 1);
    else if (row !== undefined && key === "o") open(row);
    else if (row !== undefined && key === "x" && list.onSelect) list.onSelect(list.rowKey(row), row);
    else return false;
    return true;
  };
  useKeys(command);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== grid.current || event.ctrlKey || event.altKey || event.metaKey) return;
    const row = rows[active];
    const page = Math.max(1, Math.floor(window.innerHeight / view.rowHeight) - 3);
    if (event.key === "ArrowDown") goTo(active + 1);
    else if (event.key === "ArrowUp") goTo(active - 1);
    else if (event.key === "PageDown") goTo(active + page);
    else if (event.key === "PageUp") goTo(active - page);
    else if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(rows.length - 1);
    else if (event.key === "Enter" && row !== undefined) open(row);
    else if (event.key === " " && row !== undefined && list.onSelect) list.onSelect(list.rowKey(row), row);
    else if (!hasShortcuts() || !command(event.key)) return;
    event.preventDefault();
  };

  const tracks = [...(list.onSelect ? ["2rem"] : []), ...list.columns.map((column) => column.width)].join(" ");
  const total = asked.total === undefined ? undefined : asked.total + before.length;
  const isAll = asked.next === undefined && !asked.loading;
  return (
    <div class={list.tall ? "list list-tall" : "list"}>
      <div class="list-head">
        <span class="dim" role="status">
          {asked.loading && rows.length === 0
            ? t.state.loading
            : total !== undefined
              ? t.list.rows(total)
              : isAll
                ? t.list.rows(rows.length)
                : t.list.rowsLoaded(rows.length)}
          {list.selected && list.selected.size > 0 && ` · ${t.list.selected(list.selected.size)}`}
        </span>
        {list.tools}
      </div>
      {asked.error && <ErrorBox error={asked.error} onRetry={asked.reload} />}
      <div
        ref={grid}
        class="grid"
        role="grid"
        tabIndex={0}
        aria-label={list.label}
        aria-rowcount={isAll ? rows.length + 1 : total !== undefined ? total + 1 : -1}
        aria-colcount={list.columns.length + (list.onSelect ? 1 : 0)}
        aria-busy={asked.loading}
        aria-activedescendant={active >= from && active < to ? `${id}-${active}` : undefined}
        style={{ "--tracks": tracks }}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.target === grid.current && active < 0 && rows.length > 0) setActive(0);
        }}
      >
        <div class="row-head" role="row" aria-rowindex={1}>
          {list.onSelect && <div role="columnheader" class="cell cell-mark">
              <span class="visually-hidden">{t.list.select}</span>
            </div>}
          {list.columns.map((column) => (
            <Head key={column.id} column={column} sort={list.sort} onSort={list.onSort} />
          ))}
        </div>
        <div
          ref={body}
          role="rowgroup"
          class="rows"
          style={{
            paddingTop: `${from * view.rowHeight}px`,
            paddingBottom: `${Math.max(0, rows.length - to) * view.rowHeight}px`,
          }}
        >
          {rows.slice(from, to).map((row, offset) => {
            const index = from + offset;
            return (
              <OneRow
                key={list.rowKey(row)}
                list={list}
                row={row}
                index={index}
                id={`${id}-${index}`}
                isActive={index === active}
                onActive={() => setActive(index)}
                onOpen={() => open(row)}
              />
            );
          })}
        </div>
      </div>
      {asked.loading && rows.length > 0 && (
        <p class="loading" role="status">
          {t.state.loadingMore}
        </p>
      )}
      {!asked.loading && !asked.error && rows.length === 0 && (
        <div class="empty">{list.empty ?? (hasFilter(list.query) ? t.state.emptyFiltered : t.state.empty)}</div>
      )}
    </div>
  );
}

function hasFilter(query: Query | undefined): boolean {
  return Object.entries(query ?? {}).some(([name, value]) => name !== "sort" && name !== "by" && value !== undefined && value !== "");
}
