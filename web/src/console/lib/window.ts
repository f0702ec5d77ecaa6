// Which rows of a long list are to be drawn: those in view and some more either side.

export interface RowWindow {
  from: number; // first row drawn
  to: number; // one past the last
}

const kAround = 12;

// `above`: pixels of the list that are scrolled away; `view`: pixels of the view.
export function windowOf(count: number, rowHeight: number, above: number, view: number, around = kAround): RowWindow {
  const first = Math.floor(Math.max(0, above) / rowHeight);
  const last = Math.ceil((Math.max(0, above) + view) / rowHeight);
  return { from: Math.max(0, Math.min(count, first - around)), to: Math.max(0, Math.min(count, last + around)) };
}

// How far to scroll so that row `index` is whole in view, below `head` pixels of a head that stays; 0: it is.
export function scrollFor(index: number, rowHeight: number, above: number, view: number, head: number): number {
  const top = index * rowHeight - above;
  if (top < head) return top - head;
  const bottom = top + rowHeight;
  return bottom > view ? bottom - view : 0;
}
