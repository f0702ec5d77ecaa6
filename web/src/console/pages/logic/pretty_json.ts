// A value as indented JSON, line by line; what fits on one line stays on one. Each line is text to be shown as any
// other text from the wire: JSON has escaped line breaks and controls, but not what turns text around.

const kWidth = 96;

export function prettyJson(value: unknown, width = kWidth): string[] {
  const lines: string[] = [];
  write(lines, value, "", "", "", width, true);
  return lines;
}

function write(
  lines: string[],
  value: unknown,
  indent: string,
  before: string,
  after: string,
  width: number,
  isRoot: boolean,
): void {
  const flat = spaced(value);
  const isSmall = indent.length + before.length + flat.length + after.length <= width;
  if (value === null || typeof value !== "object" || (isSmall && !isRoot) || flat.length === 2) {
    lines.push(indent + before + flat + after);
    return;
  }
  const isList = Array.isArray(value);
  const entries = isList ? value.map((one) => ["", one] as const) : Object.entries(value);
  lines.push(indent + before + (isList ? "[" : "{"));
  entries.forEach(([key, one], i) => {
    const name = isList ? "" : `${JSON.stringify(key)}: `;
    write(lines, one, indent + "  ", name, i + 1 < entries.length ? "," : "", width, false);
  });
  lines.push(indent + (isList ? "]" : "}") + after);
}

// On one line, with a space where a reader wants one.
function spaced(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${spaced(one)}`);
  return `{${entries.join(", ")}}`;
}
