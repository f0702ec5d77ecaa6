// Bytes that stand at the same place of many messages, drawn where they stand: a row for each run, a column for each
// offset, the value in hexadecimal above what it reads as.

export interface ByteRun {
  dir: "up" | "down";
  message?: number; // its number in its direction; absent: several
  offset: number;
  hex: string;
  text?: string;
  count: number;
  sessions: number;
}

export interface ByteMapProps {
  runs: ByteRun[];
  label: string;
  upLabel: string;
  downLabel: string;
  messageLabel: (message: number | undefined) => string; // "message 1", "several messages"
  countLabel: (run: ByteRun) => string; // "×49 in 49"
  countTitle: (run: ByteRun) => string; // "49 messages in 49 sessions"
  offsetLabel: string;
}

// Columns shown at most; a longer run is cut, and says how long it is.
const kColumns = 96;

interface Group {
  dir: "up" | "down";
  message: number | undefined;
  runs: ByteRun[];
}

export function ByteMap(props: ByteMapProps) {
  return (
    <div class="chart byte-map" data-testid="byte-map" role="group" aria-label={props.label}>
      {groupsOf(props.runs).map((group) => (
        <ByteGroup key={`${group.dir}${group.message}`} group={group} {...props} />
      ))}
    </div>
  );
}

function groupsOf(runs: ByteRun[]): Group[] {
  const groups = new Map<string, Group>();
  for (const run of runs) {
    const key = `${run.dir} ${run.message ?? "any"}`;
    const group = groups.get(key) ?? { dir: run.dir, message: run.message, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  const order = (group: Group): number => (group.message ?? 1e9) * 2 + (group.dir === "up" ? 0 : 1);
  const sorted = [...groups.values()].sort((a, b) => order(a) - order(b));
  for (const group of sorted) group.runs.sort((a, b) => a.offset - b.offset || b.hex.length - a.hex.length);
  return sorted;
}

function ByteGroup({ group, ...props }: ByteMapProps & { group: Group }) {
  const first = Math.min(...group.runs.map((run) => run.offset));
  const last = Math.max(...group.runs.map((run) => run.offset + run.hex.length / 2));
  const columns = Math.min(kColumns, last - first);
  const title = `${group.dir === "up" ? props.upLabel : props.downLabel} · ${props.messageLabel(group.message)}`;
  return (
    <section class={`byte-group byte-${group.dir}`}>
      <h4>{title}</h4>
      <div class="scroll-x" tabIndex={0} role="group" aria-label={title}>
        <table class="bytes">
          <thead>
            <tr>
              <th scope="col" class="byte-about">
                {props.offsetLabel}
              </th>
              {range(columns).map((i) => (
                <td key={i} class="byte-offset">
                  {(first + i) % 4 === 0 ? first + i : ""}
                </td>
              ))}
            </tr>
          </thead>
          <tbody>
            {group.runs.map((run, i) => (
              <RunRow key={i} run={run} first={first} columns={columns} {...props} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface RunRowProps extends ByteMapProps {
  run: ByteRun;
  first: number;
  columns: number;
}

function RunRow({ run, first, columns, countLabel, countTitle }: RunRowProps) {
  const bytes = bytesOf(run.hex);
  const before = Math.min(run.offset - first, columns);
  const room = columns - before;
  const shown = bytes.slice(0, room);
  const isPadding = new Set(bytes).size === 1;
  return (
    <tr class={isPadding ? "byte-padding" : undefined}>
      <th scope="row" class="byte-about" title={countTitle(run)}>
        {countLabel(run)}
        {shown.length < bytes.length && ` (${bytes.length} B)`}
      </th>
      {before > 0 && <td colSpan={before} class="byte-gap" />}
      {shown.map((byte, i) => (
        <td key={i} class="byte">
          <span>{byte.toString(16).padStart(2, "0")}</span>
          <span class="byte-text">{readable(byte)}</span>
        </td>
      ))}
    </tr>
  );
}

export function bytesOf(hex: string): number[] {
  const bytes: number[] = [];
  for (let i = 0; i + 1 < hex.length; i += 2) bytes.push(Number.parseInt(hex.slice(i, i + 2), 16));
  return bytes;
}

function readable(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "\u00b7";
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
