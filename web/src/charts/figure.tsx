// What all charts share: a plot whose size follows its place, and a table of the same numbers for those who do not see
// it, or print it. Plot writes a style element into its SVG, which the pages' content policy refuses; it is taken out
// here, and what it said stands in charts.css.
import * as Plot from "@observablehq/plot";
import type { ComponentChildren, RefObject } from "preact";
import { type Dispatch, type StateUpdater, useLayoutEffect, useRef, useState } from "preact/hooks";

// The inner width of an element in whole pixels, kept up to date.
export function useWidth<E extends HTMLElement>(initial = 640): [RefObject<E>, number] {
  const element = useRef<E>(null);
  const [width, setWidth] = useState(initial);
  useLayoutEffect(() => {
    const observed = element.current;
    if (!observed) return;
    const take = (): void => {
      if (observed.clientWidth > 0) setWidth(Math.max(160, Math.floor(observed.clientWidth)));
    };
    take();
    const observer = new ResizeObserver(take);
    observer.observe(observed);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

export interface PlotImageProps {
  options: Plot.PlotOptions;
  label: string; // what the picture shows, in a sentence
}

// One plot as an image. `options` should be memoised: a new object draws anew.
export function PlotImage({ options, label }: PlotImageProps) {
  const place = useRef<HTMLDivElement>(null);
  // Not after the next frame: what is unfolded for print has to be there at once.
  useLayoutEffect(() => {
    const plot = Plot.plot({ ...options, className: "plot", figure: false });
    plot.querySelectorAll("style").forEach((style) => style.remove());
    // Within an image, parts have no names of their own (ARIA forbids them on groups without a role).
    plot.querySelectorAll("[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", label);
    place.current?.replaceChildren(plot);
    return () => plot.remove();
  }, [options, label]);
  return <div class="plot-place" ref={place} />;
}

export interface TableColumn {
  title: string;
  isNumber?: boolean;
}

export interface ChartTableProps {
  title: string; // of what opens it: "Numbers as a table"
  columns: TableColumn[];
  rows: ComponentChildren[][];
}

// The same numbers as text, folded away until they are asked for.
export function ChartTable({ title, columns, rows }: ChartTableProps) {
  const [isOpen, setIsOpen] = useState(false);
  useOpenInPrint(setIsOpen);
  return (
    <details class="chart-table" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && (
        <div class="scroll-x" tabIndex={0} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.title} scope="col" class={column.isNumber ? "number" : undefined}>
                    {column.title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, c) => (
                    <td key={c} class={columns[c]?.isNumber ? "number" : undefined}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

let isPrinting = false;
window.addEventListener("beforeprint", () => (isPrinting = true));
window.addEventListener("afterprint", () => (isPrinting = false));

// Nothing can be unfolded on paper: print shows what is folded away on the screen, and folds it again afterwards. Works
// for what only appears because something around it was unfolded, too.
export function useOpenInPrint(setIsOpen: Dispatch<StateUpdater<boolean>>, isPrinted = true): void {
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    if (!isPrinted) return;
    const unfold = (): void =>
      setIsOpen((isOpen) => {
        wasOpen.current = isOpen;
        return true;
      });
    const fold = (): void => setIsOpen(wasOpen.current);
    if (isPrinting) unfold();
    window.addEventListener("beforeprint", unfold);
    window.addEventListener("afterprint", fold);
    return () => {
      window.removeEventListener("beforeprint", unfold);
      window.removeEventListener("afterprint", fold);
    };
  }, []);
}

// Axis numbers without needless zeros: 1,200 is 1.2k.
export function short(value: number): string {
  if (!Number.isInteger(value)) return "";
  if (value >= 1e9) return `${+(value / 1e9).toFixed(1)}G`;
  if (value >= 1e6) return `${+(value / 1e6).toFixed(1)}M`;
  if (value >= 1e4) return `${+(value / 1e3).toFixed(1)}k`;
  return String(value);
}

export function whole(value: number, language?: string): string {
  return value.toLocaleString(language);
}
